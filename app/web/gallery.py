"""The gallery: every component on one page, for whoever builds pages (`style.md` 11). Development only.

Decision: its sample texts live here in three languages and not in the catalogues, which hold what people read.
They are chosen long, because long Kazakh and Russian words are what breaks a page.
"""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import BooleanField, FileField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

GROUPS = (
    "ground", "power", "water", "emergency", "buildings", "play", "seasonal", "animals", "traffic", "waste", "other",
)  # fmt: skip
STATUSES = (
    "received", "assigned", "accepted", "in_progress", "planned", "on_hold", "fix_reported",
    "fixed", "not_found", "rejected", "duplicate", "handed_over",
)  # fmt: skip
ICONS = (
    "phone", "pin", "camera", "search", "locate", "close", "check", "warning", "clock", "shield", "flag", "forward",
    "reject", "reopen", "person", "list", "map", "filter", "language", "copy", "eye", "eye-off", "lock", "mail",
    "arrow-left", "arrow-right", "menu", "plus", "minus", "photo", "moon", "info", "calendar", "pause", "tool",
    "inbox", "receipt", "building", "sign-in", "sign-out", "settings", "merge", "child",
)  # fmt: skip
TOKENS = ("brand", "red", "amber", "green", "grey")


@dataclass(frozen=True)
class Sample:
    """The texts of the page in one language."""

    types: tuple[str, str, str, str]
    place: str
    statuses: tuple[str, ...]
    severities: tuple[str, str, str, str]
    body: str
    since: str
    late: str
    sentence: str


SAMPLES = {
    "kk": Sample(
        types=(
            "Ашық люк (құдық)",
            "Қол жететін жердегі жоғары вольтты электр желісі",
            "Қоршалмаған су қоймасы",
            "Балалар алаңындағы сынған әткеншек",
        ),
        place="Абай даңғылы мен Байзақов көшесінің қиылысы, Бостандық ауданы",
        statuses=(
            "Қабылданды", "Жауаптыға жіберілді", "Жұмысқа қабылданды", "Жұмыс жүріп жатыр", "Жоспарланды", "Күтуде",
            "Жойылды деп хабарланды", "Жойылды", "Орнында табылмады", "Қабылданбады", "Қайталанған",
            "Жедел қызметке берілді",
        ),
        severities=("Өмірге қауіпті", "Жоғары", "Орташа", "Төмен"),
        body="Сумен жабдықтау және су бұру кәсіпорны",
        since="2026 ж. 24 қараша",
        late="Мерзімі 5 сағат бұрын өтті",
        sentence="Люк қақпағы жоқ, шетіне жақындауға болмайды. Бригада қоршау қойды.",
    ),
    "ru": Sample(
        types=(
            "Открытый люк (колодец)",
            "Высоковольтная линия в пределах досягаемости",
            "Неограждённый водоём",
            "Сломанные качели на детской площадке",
        ),
        place="Пересечение проспекта Абая и улицы Байзакова, Бостандыкский район",
        statuses=(
            "Принято", "Передано ответственному", "Принято в работу", "В работе", "Запланировано", "Приостановлено",
            "Заявлено устранение", "Устранено", "На месте не обнаружено", "Отклонено", "Дубликат",
            "Передано экстренной службе",
        ),
        severities=("Опасно для жизни", "Высокая", "Средняя", "Низкая"),
        body="Предприятие водоснабжения и водоотведения",
        since="24 ноября 2026 г.",
        late="Срок прошёл 5 часов назад",
        sentence="Крышки нет, к краю подходить нельзя. Бригада поставила ограждение.",
    ),
    "en": Sample(
        types=("Open manhole", "High-voltage line within reach", "Unfenced water", "Broken swing on a playground"),
        place="Abai Avenue and Baizakov Street, Bostandyk district",
        statuses=(
            "Received", "Assigned", "Accepted", "In progress", "Planned", "On hold", "Fix reported", "Fixed",
            "Not found on site", "Rejected", "Duplicate", "Handed to emergency service",
        ),
        severities=("Life-threatening", "High", "Medium", "Low"),
        body="Water and sewer utility",
        since="24 November 2026",
        late="5 hours late",
        sentence="The cover is gone; keep away from the edge. A crew has put a fence round it.",
    ),
}  # fmt: skip


def sample_form(sample: Sample) -> Form:
    """A form of every kind of field, already refused once, so that its errors show."""
    codes = ("MANHOLE_OPEN", "POWER_LINE_HAZARD", "WATER_UNGUARDED", "PLAYGROUND_BROKEN")
    kinds = list(zip(codes, sample.types, strict=True))

    class SampleForm(Form):
        hazard_type = RadioField(sample.types[0], [InputRequired(sample.late)], choices=kinds)
        place = StringField(sample.place, description=sample.sentence)
        phone = StringField(sample.since, [InputRequired(sample.late)])
        text = TextAreaField(sample.body)
        kind = SelectField(sample.statuses[0], choices=kinds)
        photos = FileField(sample.types[3])
        tick = BooleanField(sample.sentence)

    form = SampleForm()
    form.validate()
    return form


def gallery_context(language: str) -> dict[str, object]:
    """What `gallery.html` needs, in one language."""
    sample = SAMPLES[language]
    return {
        "sample": sample, "form": sample_form(sample), "groups": GROUPS, "icons": ICONS, "tokens": TOKENS,
        "statuses": list(zip(STATUSES, sample.statuses, strict=True)),
        "severities": list(zip(("critical", "high", "medium", "low"), sample.severities, strict=True)),
    }  # fmt: skip
