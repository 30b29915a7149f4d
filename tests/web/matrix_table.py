"""What each role may open and send, written down by hand: `test_matrix.py` asks the real application for every cell.

A new route fails there until it has a line here:

    "blueprint.view": Line(who=SEE, beyond=SEE_ALL, of="hazard"),

* `who`: roles that get in. PUBLIC: everybody, signed in or not. Others get 403 or 404; strangers are sent to sign in.
* `of`: the kind of thing its address names (`matrix_world.py`); "" where it names none.
* `beyond`: those of `who` that also get in to the other body's (or another person's) thing. All others get 404, with
  the very page of a thing that does not exist.
* `sends`: of a route with GET and POST, who may send, where those are fewer.
* `fill`: parts of the address that are no thing.
* `form`: what is sent beside the token, where a view looks at that before it looks at the thing.
* `hidden`: what a foreign thing gets, where it is not 404; the same as one that does not exist, always.
* `shut`: what those get who may not, where it is neither 403 nor 404.
* `gone`: a thing that is not made here: whoever may ask gets 404.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.permissions import Role

Roles = frozenset[Role]
NOBODY: Roles = frozenset()
ALL: Roles = frozenset(Role)
BODY: Roles = frozenset({Role.CREW, Role.DISPATCHER, Role.MANAGER})
SEE_ALL: Roles = frozenset({Role.COORDINATOR, Role.MODERATOR, Role.ADMINISTRATOR, Role.AUDITOR})
SEE = BODY | SEE_ALL
MANAGER: Roles = frozenset({Role.MANAGER})
DECIDE: Roles = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
DISPATCH = DECIDE | {Role.DISPATCHER, Role.MANAGER}
ADMIN: Roles = frozenset({Role.ADMINISTRATOR})
MODERATOR: Roles = frozenset({Role.MODERATOR})
OPERATOR: Roles = frozenset({Role.OPERATOR})


@dataclass(frozen=True)
class Line:
    who: Roles = NOBODY
    of: str = ""
    beyond: Roles = NOBODY
    sends: Roles | None = None
    public: bool = False
    gone: bool = False
    hidden: int = 404
    shut: int = 403
    fill: dict[str, object] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)


def public(**fill: object) -> Line:
    return Line(public=True, fill=fill)


MINE = Line(ALL)
NOTE = {"note": "x", "version": "{version}", "seen": "0"}
TABLE: dict[str, Line] = {
    # Everybody's
    "static": public(filename="css/app.css"),
    "unprefixed": public(rest="about"),
    "health.alive": public(),
    "health.ready": public(),
    "map_data.features": public(z=12, x0=0, y0=0, x1=1, y1=1),
    "ground.ground": public(),
    "map_data.outlines": public(),
    "search.search": public(),
    "search.shapes": public(),
    "search.street": public(),
    "shell.script": public(kind="browse", language="kk", digest="0"),
    **{
        f"public.{name}": public(reference="K7M42QXT", token="x" * 43, public_id="x", size="thumb")
        for name in (
            *("about", "accessibility", "away", "duty", "duty_known", "flag", "flag_form", "follow", "follow_answer"),
            *("follow_link", "follow_push_key", "follow_up", "forget_contact", "gallery", "hazard", "hazard_feed"),
            *("help_", "index", "manifest", "my_reports", "offline", "photo", "privacy", "qr", "qr_pdf"),
            *("qr_svg", "receipt", "report", "report_offline", "send_report", "service_worker", "show_my_report"),
            *("contractor_job", "contractor_photo", "contractor_sends"),
        )
    },
    **{
        f"auth.{name}": public(token="x" * 43)
        for name in (
            *("sign_in", "second_step", "second_options", "second_passkey", "passkey", "passkey_options"),
            *("forgot", "reset", "join", "new_email"),
        )
    },
    # Of whoever is signed in
    **{
        f"auth.{name}": MINE
        for name in (
            *(
                "account",
                "landing",
                "sign_out",
                "change_password",
                "change_email",
                "change_language",
                "end_other_sessions",
            ),
            *("second_factor_page", "start_app", "app_page", "stop_app", "new_codes"),
            *("new_passkey", "new_passkey_options", "notifications", "save_notifications", "subscribe_browser"),
        )
    },
    "auth.end_session": Line(ALL, "session"),
    "auth.remove_passkey": Line(ALL, "passkey", hidden=400),  # the password is asked for first
    "auth.forget_browser": Line(ALL, gone=True, fill={"browser_id": 1}),
    # Hazards of a body, or of all
    "staff.index": Line(SEE),
    "staff.news": Line(SEE),
    "staff.points_geojson": Line(SEE),
    "staff.place": Line(DISPATCH, "hazard", DECIDE),
    "staff.save": Line(SEE),
    "staff.change": Line(SEE, "filter", hidden=303, form={"choice": "delete"}),
    "export.export": Line(SEE),
    "staff.hazard": Line(SEE, "hazard", SEE_ALL),
    "staff.photo": Line(SEE, "photo", SEE_ALL, fill={"size": "thumb"}),
    "staff.act": Line(BODY, "hazard", shut=422, fill={"act": "note"}, form=NOTE),
    "staff.new": Line(BODY),
    "bulk.step": Line(SEE),
    "bulk.result": Line(SEE, "run"),
    "talk.mentions": Line(SEE),
    "talk.read_all": Line(SEE),
    "talk.people": Line(BODY),
    "talk.presence": Line(SEE, "hazard", SEE_ALL),
    "talk.say": Line(BODY, "hazard", shut=422, form=NOTE),
    "contractors.links": Line(DISPATCH, "hazard", DECIDE),
    "contractors.revoke": Line(DISPATCH, "link", DECIDE),
    "merge.compare": Line(DISPATCH, "pair", DECIDE),
    "merge.merge": Line(DISPATCH, "pair", DECIDE, form={"keep": "{keep}", "note": "x"}),
    "merge.different": Line(DISPATCH, "pair", DECIDE),
    "merge.undo": Line(DISPATCH, "merge", DECIDE),
    "root_causes.index": Line(DISPATCH),
    "root_causes.decide": Line(DISPATCH, "cause", DECIDE, fill={"act": "accept"}),
    "crew.index": Line(BODY),
    "crew.route": Line(BODY),
    "crew.job": Line(BODY, "hazard"),
    "crew.act": Line(BODY, "hazard", fill={"act": "note"}),
    "hand_over.index": Line(BODY),
    "hand_over.read": Line(BODY, "note"),
    # The manager's
    "own_body.index": Line(MANAGER),
    "own_body.contacts": Line(MANAGER),
    "own_body.crews": Line(MANAGER),
    "own_body.crew": Line(MANAGER, "crew"),
    "own_body.duty": Line(MANAGER),
    "own_body.duty_contact": Line(MANAGER, "contact"),
    "own_body.duty_earlier": Line(MANAGER, "contact"),
    "own_body.duty_remove": Line(MANAGER, "contact"),
    "own_body.shifts": Line(MANAGER),
    "own_body.shift_remove": Line(MANAGER, "shift"),
    "own_body.deputies": Line(BODY),
    "own_body.deputy_remove": Line(BODY, "deputy"),
    **{f"own_body.{name}": Line(MANAGER) for name in ("webhook", "set_own_webhook", "change_webhook_secret")},
    "alarms.index": Line(DECIDE | MANAGER),
    "reply_templates.index": Line(ADMIN | MANAGER),
    "reply_templates.new": Line(ADMIN | MANAGER),
    "reply_templates.edit": Line(ADMIN | MANAGER, "template", ADMIN),
    "reply_templates.remove": Line(ADMIN | MANAGER, "template", ADMIN),
    "colleagues.index": Line(MANAGER),
    "colleagues.invite": Line(MANAGER),
    **{
        f"colleagues.{name}": Line(MANAGER, "account", fill={"wish": "disable"}, form={"role": "crew"})
        for name in ("switch", "role", "send_again", "revoke")
    },
    # Moderation, decisions, desk
    "moderation.index": Line(MODERATOR),
    "moderation.decided": Line(MODERATOR, "hazard", MODERATOR),
    "moderation.text": Line(MODERATOR, "hazard", MODERATOR),
    "moderation.rejection": Line(MODERATOR, "hazard", MODERATOR),
    "moderation.later_words": Line(MODERATOR, "words", MODERATOR),
    "moderation.photo": Line(MODERATOR, "photo", MODERATOR),
    "moderation.edit": Line(MODERATOR, "photo", MODERATOR),
    "moderation.save_edit": Line(MODERATOR, "photo", MODERATOR),
    "hold.hold": Line(MODERATOR, "hazard", MODERATOR),
    "owners.index": Line(DECIDE),
    "owners.rule": Line(DECIDE, "hazard", DECIDE),
    "desk.index": Line(OPERATOR),
    "held.index": Line(OPERATOR),
    "held.waiting": Line(OPERATOR),
    **{
        f"held.{name}": Line(OPERATOR, gone=True, fill={"reference": "K7M42QXT"})
        for name in ("open_one", "decide", "closed")
    },
    # The administrator's
    **{
        f"admin.{name}": Line(ADMIN)
        for name in (
            *("index", "accounts", "invite", "areas", "area_flaws", "area_outlines", "bodies", "body_new", "calendar"),
            *("coverage", "reroute", "rules", "rule_new", "types", "what_if"),
            *("dead_letter_page", "webhook_hosts"),
        )
    },
    **{
        f"admin.{name}": Line(ADMIN, "account", ADMIN, fill={"wish": "disable"})
        for name in ("switch", "account_role", "invite_again", "revoke_invitation", "drop_second_factor")
    },
    **{f"admin.{name}": Line(ADMIN, "contact", ADMIN) for name in ("duty_contact", "duty_earlier", "duty_remove")},
    **{f"admin.{name}": Line(ADMIN, "rule", ADMIN) for name in ("rule", "rule_delete")},
    **{f"admin.{name}": Line(ADMIN) for name in ("escalation", "escalation_duty")},
    **{f"admin.{name}": Line(ADMIN, "step", ADMIN) for name in ("escalation_step", "escalation_remove")},
    **{f"admin.{name}": Line(ADMIN, "day", ADMIN) for name in ("calendar_day", "calendar_remove")},
    **{f"admin.{name}": Line(ADMIN, "reroute", ADMIN) for name in ("reroute_one", "reroute_places")},
    "admin.retry_dead_letters": Line(ADMIN, fill={"source": "message"}),
    "admin.one_dead_letter": Line(ADMIN, fill={"source": "message", "letter_id": 1, "wish": "retry"}),
    "admin.decide_webhook_host": Line(ADMIN, fill={"wish": "allow"}),
    "admin.turn_reroute": Line(ADMIN, "reroute", ADMIN, fill={"wish": "start"}),
    "admin.area": Line(ADMIN, "area", ADMIN),
    "admin.body": Line(ADMIN, "body", ADMIN),
    "admin.duty_contacts": Line(ADMIN, "body", ADMIN),
    "admin.type_": Line(ADMIN, "type", ADMIN),
    "admin.history": Line(ADMIN | {Role.AUDITOR}),
    "admin.settle": Line(ADMIN, "alarm", ADMIN),
    "admin.undo": Line(ADMIN, "entry", ADMIN),
}
UNTOKENED = frozenset({"search.search"})
"""Routes that take a form without a token (`security.tokenless`), each for its reason there."""
