"""SQLite: what it says in its own words, and what is registered as a function (`tp_...`, see warehouse/functions.py)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from trigpoint.compile.engines.base import Engine, Template

INFINITY = "9e999"


def _number(value: float) -> str:
    """A literal that SQLite reads as a double, never as an integer."""
    if math.isinf(value):
        return INFINITY if value > 0 else f"-{INFINITY}"
    shown = repr(value)
    return shown if "." in shown or "e" in shown else f"{shown}.0"


def _call(name: str) -> Template:
    return lambda *arguments: f"{name}({', '.join(arguments)})"


def _least(*items: str) -> str:
    return f"min({', '.join(items)})" if len(items) > 1 else items[0]


def _greatest(*items: str) -> str:
    return f"max({', '.join(items)})" if len(items) > 1 else items[0]


def _round9(x: str) -> str:
    """Half away from zero to 9 decimals; `round` of one argument rounds halves away from zero on every engine."""
    return f"round({x} * 1e9) / 1e9"


def _period(day: str, unit: str, year_start: str) -> str:
    if unit == "'month'":
        return f"substr({day}, 1, 7)"
    if unit == "'year'" and year_start == "1":
        return f"substr({day}, 1, 4)"
    return f"tp_period({day}, {unit}, {year_start})"


def _reasons(rows: Sequence[tuple[str, str, str]]) -> str:
    """The three dearest of (measure, points, lost) as JSON; ties in order of declaration."""
    lines = []
    for position, (name, points, lost) in enumerate(rows):
        union = "UNION ALL " if position else ""
        names = ("", "", "", "") if position else (" AS measure", " AS points", " AS lost", " AS position")
        cells = (f"'{name}'", points, _round9(lost), str(position))
        lines.append(f"      {union}SELECT {', '.join(cell + name for cell, name in zip(cells, names, strict=True))}")
    candidates = "\n".join(lines)
    return (
        "(SELECT json_group_array(json_object('measure', measure, 'points', points, 'lost', lost)) FROM (\n"
        f"    SELECT measure, points, lost FROM (\n{candidates}\n"
        "    ) WHERE lost > 0.0 ORDER BY lost DESC, position LIMIT 3))"
    )


_REGISTERED = "lower upper round ln sqrt power months_between period_start period_end as_day as_moment".split()

SQLITE = Engine(
    name="sqlite",
    number=_number,
    functions={
        **{name: _call(f"tp_{name}") for name in _REGISTERED},
        "trim": _call("trim"),
        "coalesce": _call("coalesce"),
        "nullif": _call("nullif"),
        "abs": _call("abs"),
        "length": lambda x: f"CAST(length({x}) AS REAL)",
        "least": _least,
        "greatest": _greatest,
        "concat": lambda *items: f"({' || '.join(items)})",
        "contains": lambda x, part: f"(instr({x}, {part}) > 0)",
        "starts_with": lambda x, part: f"(instr({x}, {part}) = 1)",
        "days_between": lambda a, b: f"(julianday({b}) - julianday({a}))",
        "hours_between": lambda a, b: f"(round((julianday({b}) - julianday({a})) * 86400000.0) / 3600000.0)",
        "weekday": lambda d: f"((CAST(strftime('%w', {d}) AS INTEGER) + 6) % 7 + 1.0)",
        "period": _period,
    },
    aggregates={
        "sum": lambda x, where: f"sum({x}){where}",
        "min": lambda x, where: f"min({x}){where}",
        "max": lambda x, where: f"max({x}){where}",
        "count_distinct": lambda x, where: f"count(DISTINCT {x}){where}",
        "percentile": lambda x, share, where: f"tp_percentile({x}, {share}){where}",
        "stddev": lambda x, where: f"tp_stddev({x}){where}",
        "latest": lambda x, time, key, where: f"tp_latest({x}, {time}, {key}){where}",
        "earliest": lambda x, time, key, where: f"tp_earliest({x}, {time}, {key}){where}",
    },
    round9=_round9,
    finite=lambda x: f"nullif(nullif({x}, {INFINITY}), -{INFINITY})",
    least=_least,
    greatest=_greatest,
    truth=lambda value: "TRUE" if value else "FALSE",
    day=lambda x: f"date({x} - 0.5)",
    later_day=lambda x, days: f"date({x}, '{days:+d} days')",
    double=lambda x: f"CAST({x} AS REAL)",
    reasons=_reasons,
    reason=lambda reasons, k: f"json_extract({reasons}, '$[{k}].measure')",
    fence="LIMIT -1 OFFSET 0",
    native={
        **{name: _call(f"tp_{name}") for name in ("floor", "ceil", "exp", "mod")},
        "sign": lambda x: f"CAST(sign({x}) AS REAL)",
        "substr": _call("substr"),
        "replace": _call("replace"),
        "instr": lambda x, part: f"CAST(instr({x}, {part}) AS REAL)",
    },
)
