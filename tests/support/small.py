"""Small examples written out: rules as TOML text, rows as CSV-like text, and what the oracle makes of them."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import oracle
from trigpoint.model.ruleset import Calendar
from trigpoint.rules import build_ruleset

AS_OF = dt.date(2026, 3, 31)
BASE = """
[subjects.account]
table = "accounts"
key = "account_id"
[tables.accounts]
columns = { account_id = "text", segment = "text", seats = "number", live = "boolean", signed_up = "date" }
"""


def ruleset(text: str, *, base: str = BASE, timezone: str = "Europe/Berlin", year_start: int = 1):
    """The ruleset of some TOML text, after the accounts that most examples need."""
    return build_ruleset(tomllib.loads(base + text), Calendar(timezone, year_start))


def rows(columns: Mapping[str, str], text: str, zone: str = "Europe/Berlin") -> list[dict]:
    """Typed rows from lines of cells between commas; an empty cell is no data."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return [
        {
            name: cell(kind, part.strip(), zone)
            for (name, kind), part in zip(columns.items(), line.split(","), strict=True)
        }
        for line in lines
    ]


def cell(kind: str, text: str, zone: str):
    """One typed cell."""
    if text == "":
        return None
    if kind in ("number", "integer"):
        return float(text)
    if kind == "boolean":
        return text == "true"
    if kind == "date":
        return dt.date.fromisoformat(text)
    if kind == "timestamp":
        return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    return text


def judged(rules, tables: Mapping[str, str], as_of: dt.date = AS_OF, bands_before=()):
    """The oracle's answer for rows written as text."""
    zone = rules.calendar.timezone
    typed = {name: rows(rules.tables[name].columns, text, zone) for name, text in tables.items()}
    return oracle.evaluate(rules, typed, as_of, bands_before)
