"""Find areas, streets, quarters and settlements by name, through the public role.

Decision: slips are forgiven among the words there are (some ten thousand, with trigrams), and rows are then found by
whole words in an index of their own: a few milliseconds at a million places. Turned down: trigrams over all keys, where
a common start ("  а") touches a third of the rows and each is measured again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.domain.search_text import Question, edits, edits_allowed, question
from app.queries.names import NAMES
from app.queries.search_rank import At, Candidate, Found, best, candidate, merged

LIMIT = 8
GROUPS = 60
MANY = 30_000
"""Rows from which on the nearest are looked through, instead of all that hold the words."""
_BEGUN = text("""
SELECT word FROM public_data.public_word WHERE word >= :word AND word < :word || U&'\\FFFF'
 ORDER BY n DESC, word LIMIT 60""")
_ALIKE = text("""
SELECT word FROM (
  (SELECT word, similarity(word, :word) AS alike FROM public_data.public_word WHERE word % :word
    ORDER BY alike DESC LIMIT 40)
  UNION (SELECT word, word_similarity(:word, word) FROM public_data.public_word WHERE :begun AND :word <% word
    ORDER BY 2 DESC LIMIT 40)) AS near""")
_BY_INDEX = text("SELECT set_config('enable_seqscan', 'off', true)")
"""The planner takes a list of sixty words for a quarter of the table."""
_RARE = text("SELECT coalesce(sum(n), 0) FROM public_data.public_word WHERE word = ANY(:words)")
_KEY = "string_to_array(s.search_key, ' ')"
_AT = "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)"
_GROUPED = f"""
SELECT kind, name_kk, name_ru, name_en, array_agg(id) AS ids, min(geom <-> {_AT}) AS away,
       (array_agg(x ORDER BY id))[1] AS x, (array_agg(y ORDER BY id))[1] AS y
  FROM (SELECT *, (ST_XMin(geom) + ST_XMax(geom)) / 2 AS x, (ST_YMin(geom) + ST_YMax(geom)) / 2 AS y FROM hit) AS h
 GROUP BY kind, name_kk, name_ru, name_en, floor(x / 0.05), floor(y / 0.05)
 ORDER BY away LIMIT {GROUPS}"""  # noqa: S608 - constants of this file
_PLACES = f"""
WITH hit AS MATERIALIZED (
  SELECT * FROM (
    SELECT s.id, s.kind, s.name_kk, s.name_ru, s.name_en, s.geom FROM public_data.public_place s
     WHERE {{words}} LIMIT {MANY}) AS s ORDER BY geom <-> {_AT} LIMIT 400) {_GROUPED}"""  # noqa: S608 - constants of this file
_NEAREST = f"""
WITH hit AS MATERIALIZED (
  SELECT s.id, s.kind, s.name_kk, s.name_ru, s.name_en, s.geom FROM public_data.public_place s
   WHERE {{words}} ORDER BY s.geom <-> {_AT} LIMIT 200) {_GROUPED}"""  # noqa: S608 - constants of this file
_SETTLEMENTS = f"""
WITH hit AS MATERIALIZED (
  SELECT s.id, s.kind, s.name_kk, s.name_ru, s.name_en, s.geom FROM public_data.public_place s
   WHERE s.kind = 'settlement' AND {{words}} LIMIT 2000) {_GROUPED}"""  # noqa: S608 - constants of this file
_AREAS = """
SELECT s.kind, s.name_kk, s.name_ru, s.name_en, s.code, p.{name} AS parent,
       (ST_XMin(s.geom) + ST_XMax(s.geom)) / 2 AS x, (ST_YMin(s.geom) + ST_YMax(s.geom)) / 2 AS y
  FROM public_data.public_area s LEFT JOIN public_data.public_area p ON p.code = s.parent_code
 WHERE {words} AND s.kind <> 'country' LIMIT 100"""
_PARENTS = """
SELECT q.n, a.code, a.area, a.kind, a.name_kk, s.{name} AS settlement
  FROM unnest(CAST(:x AS float8[]), CAST(:y AS float8[])) WITH ORDINALITY AS q (x, y, n)
  CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(q.x, q.y), 4326) AS at) AS p
  LEFT JOIN LATERAL (SELECT code, kind, name_kk, {name} AS area FROM public_data.public_area
     WHERE ST_Intersects(geom, p.at) ORDER BY rank DESC, code LIMIT 1) AS a ON true
  LEFT JOIN LATERAL (SELECT {name}, geom FROM public_data.public_place
     WHERE kind = 'settlement' AND geom && ST_Expand(p.at, 0.08) ORDER BY geom <-> p.at LIMIT 1) AS s ON true
 ORDER BY q.n"""
_POINT_OF_PLACES = text("""
SELECT ST_X(p), ST_Y(p) FROM (
  SELECT ST_ClosestPoint(g, ST_Centroid(g)) AS p
    FROM (SELECT ST_Collect(geom) AS g FROM public_data.public_place WHERE id = ANY(:ids)) AS c) AS d""")
_POINT_OF_AREA = text("""
SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(geom) AS p FROM public_data.public_area WHERE code = :code) d""")

Words = tuple[tuple[str, ...], ...]
"""For each word that is asked the words of keys that may stand for it."""


@dataclass(frozen=True)
class Answer:
    """`house`: a house number was asked for and left out, since houses are not known here."""

    items: tuple[Found, ...]
    house: bool = False


def search(session: Session, asked: str, language: str, at: At, *, limit: int = LIMIT) -> Answer:
    """At most `limit` places named like `asked`, best first; among equals the nearest to `at`."""
    wish = question(asked)
    session.execute(_BY_INDEX)
    answer = _plain(session, wish, language, at, limit) if wish.words else Answer(())
    if answer.items or len(wish.words) < 2:
        return answer
    return _inside(session, wish, language, at, limit)


def _plain(session: Session, wish: Question, language: str, at: At, limit: int) -> Answer:
    for stage in (_exact, _similar):
        for words, house in wish.readings():
            found = stage(session, words, wish, language, at)
            if found:
                return Answer(_finished(session, found, language, limit), house)
    return Answer(())


def _inside(session: Session, wish: Question, language: str, at: At, limit: int) -> Answer:
    """`Алматы, Абай 12`: one end names a settlement or an area, the rest is looked for near it."""
    for cut in range(1, len(wish.words)):
        for outer, inner in ((wish.words[:cut], wish.words[cut:]), (wish.words[cut:], wish.words[:cut])):
            where = best(_rows(session, tuple((word,) for word in outer), Question(outer), language, at, large=True))
            if where:
                near = At(where[0].lon, where[0].lat)
                answer = _plain(session, Question(inner, wish.kinds), language, near, limit)
                if answer.items:
                    return answer
    return Answer(())


def _exact(session: Session, words: tuple[str, ...], wish: Question, language: str, at: At) -> list[Candidate]:
    """With these very words; then, as long as there are few, with the last one as a beginning."""
    found = _rows(session, tuple((word,) for word in words), Question(words, wish.kinds), language, at)
    if len(merged(found)) < LIMIT and len(words[-1]) > 1 and not words[-1].isdigit():
        begun = tuple(session.scalars(_BEGUN, {"word": words[-1]}))
        if len(begun) > 1 or (begun and begun[0] != words[-1]):
            sets = (*((word,) for word in words[:-1]), begun)
            found += _rows(session, sets, Question(words, wish.kinds), language, at)
    return found


def _similar(session: Session, words: tuple[str, ...], wish: Question, language: str, at: At) -> list[Candidate]:
    """With words that differ by a slip or two."""
    sets = tuple(_alike(session, word, begun=word == words[-1]) for word in words)
    return _rows(session, sets, Question(words, wish.kinds), language, at) if all(sets) else []


def _alike(session: Session, word: str, *, begun: bool) -> tuple[str, ...]:
    allowed = edits_allowed(word)
    if not allowed:
        return (word,)
    near = {
        other: min(edits(word, other), edits(word, other, begun=True) + 0.5 if begun else allowed + 1)
        for other in session.scalars(_ALIKE, {"word": word, "begun": begun})
    }
    return tuple(other for other in sorted(near, key=lambda w: (near[w], w)) if near[other] <= allowed)[:20]


def _rows(
    session: Session, sets: Words, wish: Question, language: str, at: At, *, large: bool = False
) -> list[Candidate]:
    """Candidates of all kinds that hold a word of each set; with `large` no streets and quarters."""
    given: dict[str, Any] = {f"w{n}": list(words) for n, words in enumerate(sets)} | {"lon": at.lon, "lat": at.lat}
    held = " AND ".join(f"{_KEY} && CAST(:w{n} AS text[])" for n in range(len(sets)))
    looked = " AND ".join(
        f"string_to_array(s.search_key || '', ' ') && CAST(:w{n} AS text[])" for n in range(len(sets))
    )
    many = min(int(session.scalar(_RARE, {"words": list(words)}) or 0) for words in sets)
    if not many:
        return []
    statements = [_AREAS.format(words=held, name=NAMES[language]), _SETTLEMENTS.format(words=held)]
    if not large:
        statements.append(_NEAREST.format(words=looked) if many > MANY else _PLACES.format(words=held))
    rows: list[Row[Any]] = [row for sql in statements for row in session.execute(text(sql), given)]
    return [candidate(row, wish, at) for row in rows]


def _finished(session: Session, found: list[Candidate], language: str, limit: int) -> tuple[Found, ...]:
    """The best, with what tells them from their namesakes, and the point to fly to."""
    first = best(found)[: limit * 3]
    if first:
        given = {"x": [each.lon for each in first], "y": [each.lat for each in first]}
        parents = session.execute(text(_PARENTS.format(name=NAMES[language])), given).all()
        first = [each.inside(parents[n]) for n, each in enumerate(first)]
    kept = merged(first)[:limit]
    return tuple(each.found(language, *_point(session, each)) for each in kept)


def _point(session: Session, each: Candidate) -> Sequence[float]:
    if each.code:
        return session.execute(_POINT_OF_AREA, {"code": each.code}).one()
    return session.execute(_POINT_OF_PLACES, {"ids": list(each.ids)}).one()
