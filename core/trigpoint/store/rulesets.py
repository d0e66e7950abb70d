"""Rulesets as they were: kept once per fingerprint, with the little that reading needs of each scorecard."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from trigpoint.errors import Place
from trigpoint.model.expression import Column, MetricValue, ScoreValue, walk
from trigpoint.model.ruleset import Calendar, Path, Ruleset
from trigpoint.model.scorecard import Group, Rank, Scorecard
from trigpoint.store.records import KeptRuleset, KeptScorecard

_TAG = "$toml"  # what TOML has and JSON has not, as {"$toml": "date", "value": "2026-03-31"}: no name holds a dollar
_TIMES: Mapping[str, Any] = {"datetime": dt.datetime, "date": dt.date, "time": dt.time}


def keep_ruleset(connection: sqlite3.Connection, ruleset: Ruleset, now: str) -> None:
    """Keeps a ruleset. One of the same meaning is there once, with the texts and origins it had last."""
    calendar = {"timezone": ruleset.calendar.timezone, "year_start": ruleset.calendar.year_start}
    row = (ruleset.fingerprint, encode(ruleset.settings), encode(calendar), _encode_origins(ruleset.origins), now)
    connection.execute(
        "INSERT INTO rulesets(fingerprint, settings, calendar, origins, first_seen) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT(fingerprint) DO UPDATE SET settings = excluded.settings, origins = excluded.origins",
        row,
    )
    tried = sorted(ruleset.scorecards.values(), key=lambda card: card.priority)
    rows = [_scorecard_row(ruleset.fingerprint, position, card) for position, card in enumerate(tried)]
    connection.executemany("INSERT OR REPLACE INTO scorecards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def decode_ruleset(row: tuple[Any, ...]) -> KeptRuleset:
    """The ruleset in a row of (fingerprint, settings, calendar, origins, first_seen)."""
    fingerprint, settings, calendar, origins, first_seen = row
    places = {tuple(path): Place(*place) for path, place in json.loads(origins)}
    return KeptRuleset(fingerprint, decode(settings), Calendar(**decode(calendar)), places, first_seen)


def kept_scorecards(connection: sqlite3.Connection, fingerprint: str) -> dict[str, KeptScorecard]:
    """The scorecards of a kept ruleset, in the order in which those of a family are tried."""
    sql = "SELECT scorecard, subject, family, bands, groups, measures, inputs, every FROM scorecards WHERE ruleset = ? ORDER BY position"
    kept = connection.execute("SELECT calendar FROM rulesets WHERE fingerprint = ?", (fingerprint,)).fetchone()
    year_start = 1 if kept is None else Calendar(**decode(kept[0])).year_start
    return {row[0]: _decode_scorecard(row, year_start) for row in connection.execute(sql, (fingerprint,))}


def encode(settings: object) -> str:
    """Merged TOML as JSON, in its order; dates, times, inf and nan find their way back."""
    return json.dumps(_plain(settings), ensure_ascii=False, allow_nan=False)


def decode(text: str) -> Any:
    """What `encode` was given."""
    return json.loads(text, object_hook=_rebuilt)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124  # nan is what differs from itself
        return {_TAG: "float", "value": repr(value)}
    for name, kind in _TIMES.items():  # a datetime is a date too: it comes first
        if isinstance(value, kind):
            return {_TAG: name, "value": value.isoformat()}
    return value


def _rebuilt(found: dict[str, Any]) -> Any:
    if _TAG not in found:
        return found
    kind, value = found[_TAG], found["value"]
    return float(value) if kind == "float" else _TIMES[kind].fromisoformat(value)


def _encode_origins(origins: Mapping[Path, Place]) -> str:
    rows = [[list(path), [place.file, place.line, place.column]] for path, place in origins.items()]
    return json.dumps(rows, ensure_ascii=False)


def _scorecard_row(fingerprint: str, position: int, card: Scorecard) -> tuple[object, ...]:
    bands = {band.name: band.edge for band in card.bands}
    groups = [group.name for group in card.groups]
    columns = sorted(_columns_read(card))
    shares = encode(dict(shares_of(card)))
    return (
        fingerprint,
        card.name,
        position,
        card.subject,
        card.family,
        encode(bands),
        encode(groups),
        shares,
        encode(columns),
        card.every,
    )


def _decode_scorecard(row: tuple[Any, ...], year_start: int) -> KeptScorecard:
    name, subject, family, bands, groups, measures, inputs, every = row
    read = (decode(bands), tuple(decode(groups)), decode(measures), tuple(decode(inputs)))
    return KeptScorecard(name, subject, family, *read, every, year_start)


def shares_of(card: Scorecard, group: str | None = None, share: float = 1.0) -> Iterator[tuple[str, float]]:
    """Each measure and how far 1 point of it moves the score while everything has data."""
    if card.combine == "sum":
        yield from ((each.name, (each.worth[1] - each.worth[0]) / 100) for each in card.measures if each.worth)
        return
    members = card.members(group)
    total = sum(each.weight for each in members)
    for each in members:
        part = share * each.weight / total if total else 0.0
        if isinstance(each, Group):
            yield from shares_of(card, each.name, part)
        else:
            yield each.name, part


def _columns_read(card: Scorecard) -> set[str]:
    """The names that a scorecard's value columns begin with: metrics, own columns and its measures' own formulas."""
    names = {f"{card.name}__{measure.name}" for measure in card.measures if measure.metric is None}
    names |= {f"parent__{measure.scale.parent}" for measure in card.measures if isinstance(measure.scale, Rank)}
    for expression in card.expressions:
        for node in walk(expression.tree):
            if isinstance(node, MetricValue):
                names.add(node.metric)
            elif isinstance(node, Column):
                names.add(node.name)
            elif isinstance(node, ScoreValue):
                names.add(node.scorecard)
    return names
