"""Make the search keys of areas and places anew, from their names and what their key held before (former names).

Needed once when the spelling of keys changes (migration 0009), and whenever rows came in past the imports. Works on any
executor of statements, so that the migration may call it; it names only columns that both tables have had always.
"""

from collections.abc import Iterator
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, text

from app.domain.search_text import search_key

BATCH = 20_000
_COUNT = text("""
INSERT INTO search_word (word, n)
SELECT word, count(*)
  FROM (SELECT search_key FROM area
        UNION ALL SELECT search_key FROM place WHERE kind IN ('street', 'quarter', 'settlement')) AS kept,
       string_to_table(search_key, ' ') AS word
 WHERE word <> '' GROUP BY word""")


def refill(connection: Connection) -> dict[str, int]:
    """Write the keys that differ, by table how many. The caller's transaction; safe to repeat."""
    return {table: sum(_rewrite(connection, table, batch) for batch in _batches(connection, table)) for table in TABLES}


def recount(connection: Connection) -> None:
    """Count the words of all keys anew: for the owner, who may empty the list."""
    connection.execute(text("TRUNCATE search_word"))
    connection.execute(_COUNT)
    connection.execute(text("ANALYZE search_word"))


TABLES = ("area", "place")


def _batches(connection: Connection, table: str) -> Iterator[list[tuple[int, str]]]:
    last = -1
    query = sql.SQL(
        "SELECT id, search_key, name_kk, name_ru, name_en FROM {} WHERE id > %s ORDER BY id LIMIT %s"
    ).format(sql.Identifier(table))
    while rows := _cursor(connection).execute(query, [last, BATCH]).fetchall():
        last = rows[-1][0]
        keys = [(id_, key, search_key((*names, key))) for id_, key, *names in rows]
        yield [(id_, key) for id_, before, key in keys if key != before]


def _rewrite(connection: Connection, table: str, keys: list[tuple[int, str]]) -> int:
    if not keys:
        return 0
    ids, texts = zip(*keys, strict=True)
    query = sql.SQL(
        "UPDATE {} AS t SET search_key = k.key FROM unnest(%s::bigint[], %s::text[]) AS k (id, key) WHERE t.id = k.id"
    ).format(sql.Identifier(table))
    return int(_cursor(connection).execute(query, [list(ids), list(texts)]).rowcount)


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.cursor()
