"""Features of a file as areas: where code, names, kind and parent stand in properties of any name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from app.actions.areas import AreaRow
from app.actions.imports import Outcome
from app.domain.routing import AREA_RANK
from app.gateways.geofile import Feature

KIND_OF_LEVEL: dict[int | None, str] = {0: "country", 1: "oblast", 2: "rayon", 3: "rural_okrug", 4: "village"}
LEVEL_OF_RAYONS = 2
REPUBLICAN_CITIES = ("710000000", "750000000", "790000000")
CODES = ("code", "KATO", "kato")
EVERY = 100
CODE_MAX, NAME_MAX = 64, 200


def area_rows(features: Iterable[Feature], given: Mapping[str, Any], outcome: Outcome) -> Iterator[AreaRow]:
    """Features as rows; those without code, name, kind or a geometry that can be used are refused."""
    for feature in features:
        counted(outcome)
        row = _row(feature, given, outcome)
        if row is not None:
            yield row


def counted(outcome: Outcome, every: int = EVERY) -> None:
    """One more was read; every hundredth is told."""
    outcome.counts["read"] += 1
    if outcome.counts["read"] % every == 0:
        click.echo(f"{outcome.counts['read']} read", err=True)


def first(found: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of these properties that says something, or an empty text."""
    return next((str(found[name]).strip() for name in names if found.get(name) not in (None, "")), "")


def _row(feature: Feature, given: Mapping[str, Any], outcome: Outcome) -> AreaRow | None:
    found, level = feature.properties, given.get("level")
    code = first(found, (given["code"],) if given.get("code") else CODES)
    names = _names(found, given)
    kind = given.get("kind") or found.get("kind") or _kind(code, level)
    problem = feature.problem or (f"has a code of more than {CODE_MAX} characters" if len(code) > CODE_MAX else "")
    missing = "code" if not code else "name" if names is None else "kind" if kind not in AREA_RANK else ""
    if feature.geometry is None or problem or missing or names is None:
        outcome.refuse(feature.line, f"{code[:CODE_MAX] or 'feature'}: {problem or f'has no {missing}'}")
        return None
    parent = _parent(found, given.get("parent"))
    return AreaRow(feature.line, code, str(kind), names, parent, level, feature.geometry, feature.done)


def _kind(code: str, level: int | None) -> str | None:
    """By the level; but cities of republican status are no oblasts, and their districts no rayons."""
    if code in REPUBLICAN_CITIES:
        return "republican_city"
    of_city = len(code) == len(REPUBLICAN_CITIES[0]) and f"{code[:2]}0000000" in REPUBLICAN_CITIES
    return "city_district" if level == LEVEL_OF_RAYONS and of_city else KIND_OF_LEVEL.get(level)


def _names(found: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[str, str, str] | None:
    kk, ru, en = (_name(found, given, language) for language in ("kk", "ru", "en"))
    return (kk, ru or kk, en or kk) if kk else None


def _name(found: Mapping[str, Any], given: Mapping[str, Any], language: str) -> str:
    named = given.get(f"name_{language}")
    levels = [f"ADM{level}_{language.upper()}" for level in (4, 3, 2, 1, 0)]
    return first(found, (named,) if named else (f"name_{language}", f"name:{language}", *levels))[:NAME_MAX]


def _parent(found: Mapping[str, Any], given: str | None) -> str | None:
    if given is None:
        return first(found, ("parent",)) or None
    return first(found, (given,)) or (None if given in found else given)
