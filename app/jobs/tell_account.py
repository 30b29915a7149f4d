"""Tell a person what happened to the account, once; run again it sends the very same letter."""

from app.actions.account_news import mark_letter
from app.gateways.mail import MailRefused
from app.jobs.account_text import news_mail_text
from app.jobs.context import Jobs
from app.jobs.mail_keys import sealed
from app.queries.account_news import letter_of


def tell_account(jobs: Jobs, *, letter_id: int) -> None:
    """Nothing where it was told already. Raises MailDelayed, for the queue to try again."""
    with jobs.transaction() as session:
        letter = letter_of(session, letter_id=letter_id)
    if letter is None:
        return
    key = sealed(f"account-news-{letter_id}", jobs.secret)
    mail = news_mail_text(letter, key=key, base_url=jobs.base_url, default_language=jobs.default_language)
    refused = False
    try:
        jobs.mailer.send(mail)
    except MailRefused:
        refused = True
    with jobs.transaction() as session:
        mark_letter(session, letter_id=letter_id, now=jobs.now(), refused=refused)
