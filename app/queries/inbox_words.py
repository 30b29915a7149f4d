"""Search in the inbox: a reference typed in any way, or words of reports, public texts, types and streets.

Decision: words are folded by the database (`folded_words`, migration 0011), when a text is written and when it is
asked for, and a word is asked for by its beginning, one or two letters short of its end: Russian and Kazakh words
change there (`люка`, `люков`; `құдық`, `құдығы`). A word that few hazards hold becomes a list of their ids; a common
one a condition that is looked at while the inbox is walked in its order, where it is soon met: of the whole country the
first WALK one by one, and only when they fill no page all that hold the word. Turned down: trigrams of the texts, of
which a common syllable touches a third; a stemmer, of which there is none for Kazakh.

Every word must be met, wherever: `люк абая` is an open manhole on Abay's street. A word of a district's name is met by
what lies in it (its ids first, then the index of the areas); a half of a reference by what is called so, in any state
where no text holds such a word.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.errors import BadReference
from app.domain.references import PART_LENGTH, parse_reference, reference_part
from app.domain.search_text import question, search_words
from app.domain.text import fold
from app.queries.inbox_areas import areas_named

FEW = 5_000
"""Hazards up to which a word is a list of ids."""
MAX_WORDS = 6
Kinds = list[tuple[str, tuple[str, ...]]]
"""Each type's code with the folded words of its names."""
Condition = tuple[str, dict[str, Any]]
"""A part of WHERE on `hazard h` and what it binds."""
Stem = tuple[str, bool]
"""Letters, and whether a word may go on after them."""
NEAR_M = 150
_NAMES = text("SELECT code, name_kk || ' ' || name_ru || ' ' || name_en AS names FROM hazard_type")
_IN_TEXTS = text("""
(SELECT hazard_id FROM report WHERE words @@ CAST(:query AS tsquery) LIMIT :few)
UNION (SELECT id FROM hazard WHERE public_words @@ CAST(:query AS tsquery) LIMIT :few)""")
_ON_STREETS = text(f"""
SELECT DISTINCT h.id
  FROM (SELECT s.geom FROM place s
         WHERE s.kind IN ('street', 'quarter', 'settlement')
           AND string_to_array(s.search_key, ' ') && CAST(:names AS text[]) LIMIT 1000) s
  JOIN hazard h ON h.label && ST_Expand(s.geom, 0.002)
   AND ST_DWithin(CAST(h.label AS geography), CAST(s.geom AS geography), {NEAR_M})
 LIMIT :few""")  # noqa: S608 - constants of this file
_CALLED = text(f"""
(SELECT id FROM hazard WHERE reference BETWEEN :part AND :part || 'ZZZZ' LIMIT :few)
UNION (SELECT id FROM hazard WHERE substr(reference, {PART_LENGTH + 1}) = :part LIMIT :few)""")  # noqa: S608 - constants
"""Capitals and digits sort by their letters in every collation."""
_MET = """
(h.hazard_type = ANY(:kinds{n}) OR h.id = ANY(:near{n}) OR h.public_words @@ CAST(:query{n} AS tsquery)
 OR EXISTS (SELECT FROM report r WHERE r.hazard_id = h.id AND r.words @@ CAST(:query{n} AS tsquery)))"""


@dataclass
class Asked:
    """What was typed: a reference, or conditions on `hazard h` with what they bind. `any_state`: closed ones too."""

    reference: str = ""
    any_state: bool = False
    conditions: list[Condition] = field(default_factory=list)


def asked(session: Session, typed: str) -> Asked:
    """What `typed` asks for; nothing where it holds no word."""
    try:
        return Asked(reference=parse_reference(typed), any_state=True)
    except BadReference:
        found = Asked(conditions=_of_words(session, typed))
        called = _called(session, typed)
        return _or_called(found, called) if called else found


def _of_words(session: Session, typed: str) -> list[Condition]:
    kinds = [(row.code, _words(row.names)) for row in session.execute(_NAMES)]
    tokens = _tokens(typed)
    areas = areas_named(session, tokens)
    return [_condition(session, n, word, kinds, areas.get(word, [])) for n, word in enumerate(tokens)]


def _called(session: Session, typed: str) -> list[int]:
    """Ids of what has `typed` as a half of its reference, or as its beginning."""
    part = reference_part(typed)
    return list(session.scalars(_CALLED, {"part": part, "few": FEW})) if part else []


def _or_called(found: Asked, called: list[int]) -> Asked:
    """With what is called so; alone and in any state where a word is met nowhere. A common word is no reference."""
    if any([*values.values()] == [[]] for _part, values in found.conditions):
        return Asked(conditions=[("h.id = ANY(:ids0)", {"ids0": called})], any_state=True)
    if [*map(set, (values for _part, values in found.conditions))] != [{"ids0"}]:
        return found
    (part, values), *_rest = found.conditions
    return Asked(conditions=[(part, {"ids0": sorted({*values["ids0"], *called})})])


def is_common(part: str) -> bool:
    """Whether a condition is of a word that no list of ids can stand for."""
    return part.startswith(_MET[:20])


def looked_at_one_by_one(part: str) -> str:
    """The same condition of a common word, with its reports asked for hazard by hazard: OFFSET keeps the planner from
    reading all reports of the country that hold the word.
    """
    return part.removesuffix("))") + " OFFSET 0))"


def _tokens(typed: str) -> list[str]:
    """Without "street", "house" and their like, unless there is nothing else."""
    telling = set(question(typed).words)
    tokens = typed.split()[:MAX_WORDS]
    return [token for token in tokens if telling & set(search_words(token))] or tokens


def _condition(session: Session, n: int, token: str, kinds: Kinds, areas: list[int]) -> Condition:
    stems = [_stem(word) for word in _words(token)]
    if not stems:
        return "true", {}
    query = " & ".join(f"'{stem}':*" if begun else f"'{stem}'" for stem, begun in stems)
    meant = [code for code, words in kinds if all(_meets(stem, words) for stem in stems)]
    near = session.scalars(_ON_STREETS, {"names": list(search_words(token)), "few": FEW}).all()
    if not meant:
        ids = {*near, *session.scalars(_IN_TEXTS, {"query": query, "few": FEW + 1})}
        if areas:
            return _within(n, areas, ids if len(ids) <= FEW else near)
        if len(ids) <= FEW:
            return f"h.id = ANY(:ids{n})", {f"ids{n}": sorted(ids)}
    return _MET.format(n=n), {f"kinds{n}": meant, f"near{n}": list(near), f"query{n}": query}


def _within(n: int, areas: list[int], ids: Iterable[int]) -> Condition:
    """In one of the areas, or one of the hazards: two indexes. A word that both an area and very many texts hold is
    the area's.
    """
    return f"(h.area_id = ANY(:areas{n}) OR h.id = ANY(:ids{n}))", {f"areas{n}": areas, f"ids{n}": sorted(ids)}


@lru_cache(maxsize=1_000)
def _words(text: str) -> tuple[str, ...]:
    """Folded as the database folds (a test compares the two); of names that are asked for again and again, kept."""
    return tuple(fold(text).split())


def _stem(word: str) -> Stem:
    """The beginning that all forms of a word share; numbers and short words stand as they are."""
    short = 0 if len(word) < 4 or word.isdigit() else 1 if len(word) < 7 else 2
    return word[: len(word) - short], not word.isdigit()


def _meets(stem: Stem, words: tuple[str, ...]) -> bool:
    return any(word.startswith(stem[0]) if stem[1] else word == stem[0] for word in words)
