"""One report's statements as pgbench runs them, taken down while the product takes a report in.

The driver is listened to, below everything that is ours; each statement is written out with its values by the driver
itself. What must differ from report to report is drawn anew: the client's id, the receipt's hash, the reference; ids
that the database gave come back from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import UUID

import psycopg

_NUMBER = "(:n)::text"


@dataclass
class Said:
    """A statement as the server got it, and whether it stood by itself or in a transaction."""

    sql: str
    alone: bool


@contextmanager
def overheard() -> Iterator[list[Said]]:
    """All statements that this process sends during the block, written out."""
    heard: list[Said] = []
    really = psycopg.Cursor.execute

    def execute(cursor: Any, query: Any, params: Any = None, **how: Any) -> Any:
        if str(query).strip():
            whole = psycopg.ClientCursor(cursor.connection).mogrify(query, params)
            heard.append(Said(whole.strip().rstrip(";"), cursor.connection.autocommit))
        return really(cursor, query, params, **how)

    with patch.object(psycopg.Cursor, "execute", execute):
        yield heard


def script(heard: list[Said], *, client_id: UUID, receipt_hash: bytes, reference: str, hazard_id: int) -> str:
    """What pgbench runs for one report after another."""
    lines, within = [r"\set n random(1, 9000000000000000)"], False
    for said in heard:
        if within == said.alone:
            lines.append("COMMIT;" if within else "BEGIN;")
            within = not within
        new = _varied(said.sql, client_id=client_id, receipt_hash=receipt_hash, reference=reference)
        lines.append(_with_ids(new, hazard_id))
    return "\n".join([*lines, "COMMIT;" if within else "", ""])


def _varied(sql: str, *, client_id: UUID, receipt_hash: bytes, reference: str) -> str:
    for literal, drawn in (
        (f"'{client_id}'", f"md5({_NUMBER})"),
        (f"'{client_id.hex}'", f"md5({_NUMBER})"),
        (f"'report:{client_id.hex}'", f"('report:' || md5({_NUMBER}))"),
        (rf"'\x{receipt_hash.hex()}'", f"sha256({_NUMBER}::bytea)"),
        (f"'{reference}'", f"substr(md5({_NUMBER}), 1, 8)"),
    ):
        sql = sql.replace(literal, drawn)
    return sql


def _with_ids(sql: str, hazard_id: int) -> str:
    """Ids that the database gave: of the hazard everywhere, of the newest event in the job's arguments."""
    if "procrastinate" in sql:
        sql = re.sub(r"('\{.*\}')", r"(\1)", sql)
        sql = re.sub(r"(event_id\W+)\d+", r"\1' || (:e_id)::text || E'", sql)
        sql = re.sub(rf"\b{hazard_id}\b", "' || (:h_id)::text || E'", sql)
    sql = re.sub(rf"\b{hazard_id}\b", ":h_id", sql)
    for table, prefix in (("hazard", "h_"), ("event", "e_")):
        if re.search(rf"\AINSERT INTO {table}\b.*RETURNING", sql, re.DOTALL):
            return f"{sql} \\aset {prefix}"  # of many rows the last
    return f"{sql};"
