"""The words of calls to those on duty and of notices to followers, as mail and as a push message."""

from app import i18n
from app.actions.duty import Call
from app.domain.follow import ASKED, CONFIRM, FIXED
from app.domain.references import show_reference
from app.gateways.mail import OutgoingMail
from app.i18n import gettext as _
from app.i18n import lazy_gettext, ngettext
from app.jobs.mail_text import _TEMPLATES
from app.queries.duty import DutyFacts
from app.queries.follow import NoticeFacts

_HAPPENED = {
    CONFIRM: lazy_gettext("Please confirm that you want to follow this hazard."),
    "accept": lazy_gettext("The organisation has accepted it for work."),
    "plan": lazy_gettext("The organisation has planned the work."),
    "hold": lazy_gettext("The work is on hold."),
    "make_safe": lazy_gettext("It was made safe for now. The repair is still to come."),
    "made_safe_expired": lazy_gettext("The temporary measure has run out: it is dangerous again."),
    "fix": lazy_gettext("The organisation says that it is fixed."),
    "confirm_fix": lazy_gettext("The organisation says that it is fixed."),
    "confirm_not_found": lazy_gettext("The organisation did not find it on site."),
    "confirm_rejection": lazy_gettext("The report of “%(hazard)s” was rejected."),
    "forward": lazy_gettext("It was passed on to another organisation."),
    "correct": lazy_gettext(
        "The organisation has corrected where it is, what it is, or who answers for it. What was changed stands on the"
        " page of the hazard."
    ),
    "reopen": lazy_gettext("“%(hazard)s” is open again."),
    "dispute": lazy_gettext("A reporter says that it is still dangerous: it is open again."),
    "mark_duplicate": lazy_gettext("The same hazard was reported before; that report goes on."),
    "confirm_duplicate": lazy_gettext("It is the same hazard as one that was fixed; two people have checked this."),
    "merge_undone": lazy_gettext("It was no duplicate: it is a hazard of its own again."),
    "confirm_hand_over": lazy_gettext("It was handed to the emergency service."),
    ASKED: lazy_gettext("The organisation has a question for you. Answer it on the page of your receipt."),
    "overdue": lazy_gettext("The time set for it has passed, and it is not done."),
}


def duty_mail_text(call: Call, facts: DutyFacts, *, key: str, base_url: str, default_language: str) -> OutgoingMail:
    """To whoever is on duty."""
    root = _root(base_url, call.language, default_language)
    reference = show_reference(facts.reference)
    with i18n.speaking(call.language):
        words = {
            "language": call.language,
            "name": call.name,
            "facts": facts,
            "reference": reference,
            "lat": f"{facts.lat:.6f}",
            "lon": f"{facts.lon:.6f}",
            "know_url": f"{root}/duty/{call.token}",
            "staff_url": f"{root}/staff/h/{reference}",
            "list_url": f"{root}/staff/",
            "subject": _duty_subject(facts, reference),
        }
        return _mail("duty", words, key=key, to=call.email)


def duty_sms_text(call: Call, facts: DutyFacts, *, base_url: str, default_language: str) -> str:
    """What, whether it was safe for a time, where, and the link to say "I know"."""
    root = _root(base_url, call.language, default_language)
    with i18n.speaking(call.language):
        what = _duty_subject(facts, show_reference(facts.reference))
        again = [str(_HAPPENED["made_safe_expired"]).rstrip(".")] if facts.expired else []
        know = _("Say that you know: %(url)s", url=f"{root}/duty/{call.token}")
    return ". ".join((what, *again, *facts.lines[:1], know))


def _duty_subject(facts: DutyFacts, reference: str) -> str:
    """The hazard, and how many more came with it."""
    what = _("URGENT: %(type)s, %(reference)s", type=facts.type_name, reference=reference)
    if not facts.more:
        return what
    more = ngettext("and %(num)s more at once", "and %(num)s more at once", facts.more)
    return f"{what}, {more}"


def notice_mail_text(facts: NoticeFacts, *, key: str, to: str, base_url: str, default_language: str) -> OutgoingMail:
    """To a follower."""
    root = _root(base_url, facts.language, default_language)
    follow_url = f"{root}/follow/{facts.token}"
    with i18n.speaking(facts.language):
        words = _words(facts, root) | {"language": facts.language, "facts": facts, "follow_url": follow_url}
        words["subject"] = _("%(type)s, %(reference)s", type=facts.type_name, reference=words["reference"])
        stop = None if facts.kind == CONFIRM else follow_url
        return _mail("notice", words, key=key, to=to, unsubscribe=stop, private=True)


def notice_push_text(facts: NoticeFacts, *, base_url: str, default_language: str) -> dict[str, str]:
    """For the service worker: title, text, url."""
    root = _root(base_url, facts.language, default_language)
    with i18n.speaking(facts.language):
        words = _words(facts, root)
        title = _("%(type)s, %(reference)s", type=facts.type_name, reference=words["reference"])
    asked = words["receipt_url"] if facts.kind == ASKED else None
    url = asked or words["page_url"] or words["receipt_url"] or f"{root}/"
    return {"title": title, "text": str(words["happened"]), "url": str(url)}


def _words(facts: NoticeFacts, root: str) -> dict[str, object]:
    reference = show_reference(facts.reference)
    return {
        "reference": reference,
        "happened": str(_HAPPENED[facts.kind]) % {"hazard": f"{facts.type_name}, {reference}"},
        "page_url": f"{root}/h/{reference}" if facts.public else None,
        "receipt_url": f"{root}/receipt" if facts.linked else None,
        "ask_safe": facts.linked and facts.kind in FIXED,
        "asked": facts.kind == ASKED,
        "confirm": facts.kind == CONFIRM,
    }


def _mail(template: str, words: dict[str, object], *, key: str, to: str, **more: object) -> OutgoingMail:
    return OutgoingMail(
        key=key,
        to=to,
        subject=str(words["subject"]),
        text=_TEMPLATES.get_template(f"{template}.txt").render(words),
        html=_TEMPLATES.get_template(f"{template}.html").render(words),
        language=str(words["language"]),
        **more,  # type: ignore[arg-type]
    )


def _root(base_url: str, language: str, default_language: str) -> str:
    return base_url if language == default_language else f"{base_url}/{language}"
