"""Districts that a word of a search names, with all that lies inside them.

Decision: a word is compared with the search keys of districts, towns and their like (some hundreds), as a whole, or
from six letters on by its beginning, so that `Бостандыкском` names Бостандық. Oblasts and villages are left out: half
of the streets of the country bear their names, and the filter offers the former. Turned down: the district's name in
the words of each hazard, which would have to be written again when a border moves.
"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.search_text import name_words

_KINDS = ("republican_city", "city_administration", "rayon", "city", "city_district")
_LONG = 6
"""Letters from which a beginning will do: the forms of a word differ in its last two or three."""
_NAMED = text("""
WITH RECURSIVE asked AS (
  SELECT * FROM unnest(CAST(:tokens AS text[]), CAST(:words AS text[]), CAST(:stems AS text[]))
                AS t(token, word, stem)),
named AS (
  SELECT DISTINCT t.token, a.code
    FROM area a, unnest(string_to_array(a.search_key, ' ')) AS w(name)
    JOIN asked t ON w.name = t.word OR (t.stem <> '' AND starts_with(w.name, t.stem))
   WHERE a.kind = ANY(:kinds)),
inside AS (
  SELECT token, code FROM named
  UNION SELECT i.token, a.code FROM area a JOIN inside i ON a.parent_code = i.code)
SELECT DISTINCT i.token, a.id FROM inside i JOIN area a ON a.code = i.code""")


def areas_named(session: Session, tokens: Sequence[str]) -> dict[str, list[int]]:
    """Ids of the areas that each of `tokens` names, in every version of their borders; a token that names none is not
    in it.
    """
    words = {token: name_words(token)[0] for token in tokens if name_words(token)}
    given = {
        "tokens": list(words), "words": list(words.values()), "stems": [_stem(word) for word in words.values()],
        "kinds": list(_KINDS),
    }  # fmt: skip
    found: dict[str, list[int]] = {}
    for row in session.execute(_NAMED, given) if words else ():
        found.setdefault(row.token, []).append(row.id)
    return found


def _stem(word: str) -> str:
    return word[:-2] if len(word) >= _LONG and not any(map(str.isdigit, word)) else ""
