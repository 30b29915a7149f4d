"""Send the letter of a link to an account, once; run again it sends the very same letter."""

from app.actions.account_links import link_token, mark_link
from app.gateways.mail import MailRefused, OutgoingMail
from app.jobs.account_text import link_mail_text
from app.jobs.context import Jobs
from app.jobs.mail_keys import sealed
from app.queries.account_links import letter_of
from app.queries.accounts import token_hash


def send_link(jobs: Jobs, *, link_id: int) -> None:
    """Nothing where there is nobody to write to. Raises MailDelayed, for the queue to try again.

    A link made under another key than today's is one nobody could open: its letter counts as refused.
    """
    with jobs.transaction() as session:
        letter = letter_of(session, link_id=link_id, now=jobs.now())
    if letter is None:
        return
    token = link_token(letter.seed, jobs.secret)
    refused = token_hash(token) != letter.token_hash
    if not refused:
        key = sealed(f"link-{link_id}", jobs.secret)
        where = {"base_url": jobs.base_url, "default_language": jobs.default_language}
        refused = not _sent(jobs, link_mail_text(letter, token=token, key=key, **where))
    with jobs.transaction() as session:
        mark_link(session, link_id=link_id, now=jobs.now(), refused=refused)


def _sent(jobs: Jobs, mail: OutgoingMail) -> bool:
    try:
        jobs.mailer.send(mail)
    except MailRefused:
        return False
    return True
