"""What a load must pass before it takes the place of the last one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from attrs import frozen

from trigpoint.errors import GateError, Problem
from trigpoint.intake.date_ways import date_ways
from trigpoint.intake.quarantine import Quarantine
from trigpoint.model.project import SourceSettings

MEND = "mend the file or its settings"
SMALL_FILE = 1_000  # rows; below, a share is told as a number too
FEW_ROWS = 20
SHOWN_REASONS = 3
BLANK = "blank = ["
EARLY_LOOK = 5_000  # rows after which a source that is mostly bad is given up


def check_bad_rows(settings: SourceSettings, quarantine: Quarantine, rows: int, *, at_end: bool) -> None:
    """GateError (TP406) if more rows are bad than `max_bad_rows`; while reading, only if that is plain already."""
    bad, allowed = quarantine.count, settings.max_bad_rows
    if isinstance(allowed, int):
        too_many = bad > allowed
    elif at_end:
        too_many = bad > allowed * rows
    else:
        too_many = rows >= EARLY_LOOK and bad > max(allowed, 0.5) * rows
    if not too_many:
        return
    raise GateError(_too_many(settings, quarantine, rows, at_end=at_end))


def _too_many(settings: SourceSettings, quarantine: Quarantine, rows: int, *, at_end: bool) -> Problem:
    bad, told = quarantine.count, in_words(quarantine.reasons)
    share = f" ({bad / rows:.1%})" if rows else ""
    verb = "is bad" if bad == 1 else "are bad"
    text = (
        f"source '{settings.name}': {bad:,} of {rows:,} rows{share} {verb}{'' if at_end else ' already'}, "
        f"{_allowed(settings.max_bad_rows, rows if at_end else None)}; {told.reasons}; e.g. {quarantine.example}"
    )
    bear = _key_to_write(bad, rows) if at_end else "raise max_bad_rows"
    ways = [*date_ways(settings, quarantine, rows), *told.ways]
    mend = f"write {' and '.join(ways[:SHOWN_REASONS])}" if ways else MEND
    return Problem("TP406", text, settings.place, f"{mend}, or {bear}; the rows are in table _quarantine")


def _allowed(limit: float | int, rows: int | None) -> str:
    if isinstance(limit, int):
        return f"{limit:,} may be"
    of_these = "" if rows is None or rows >= SMALL_FILE else f" ({int(limit * rows) or 'none'} of {rows})"
    return f"{limit * 100:g}% may be{of_these}"


def _key_to_write(bad: int, rows: int) -> str:
    """The setting that would bear the bad rows: a number where they are few, a share unless most are bad."""
    if bad <= FEW_ROWS:
        return f"bear them: max_bad_rows = {bad}"
    return f'bear them: max_bad_rows = "{math.ceil(100 * bad / rows)}%"' if bad * 2 <= rows else "raise max_bad_rows"


@frozen
class Told:
    """The commonest reasons in words, each once for all its columns, and the settings that would help."""

    reasons: str
    ways: Sequence[str]


def in_words(reasons: Counter[str]) -> Told:
    """The commonest reasons; a way out in brackets at their end is told apart, once for all of them."""
    columns: dict[str, dict[str, int]] = {}
    ways: dict[str, None] = {}
    blanks: list[str] = []
    for reason, count in reasons.most_common():
        plain, _, way = reason.partition(" (write ")
        column, _, why = plain.partition(" ")
        counts = columns.setdefault(why, {})
        counts[column] = counts.get(column, 0) + count
        if way.startswith(BLANK):
            blanks.append(way.removeprefix(BLANK).removesuffix("])"))
        elif way:
            ways[way.removesuffix(")")] = None
    parts = [
        f"{', '.join(counts)} {why}: {', '.join(f'{count:,}' for count in counts.values())}"
        for why, counts in list(columns.items())[:SHOWN_REASONS]
    ]
    needed = [way for way in ways if not any(other != way and _covers(other, way) for other in ways)]
    needed += [f"{BLANK}{', '.join(dict.fromkeys(blanks))}]"] if blanks else []
    return Told(", ".join(parts), needed)


def _covers(other: str, way: str) -> bool:
    """Whether a way out holds one of the choices of another: 18.500,00 says what 1,500 leaves open."""
    return " or " not in other and any(choice in other for choice in way.split(" or "))


def check_usual_rows(settings: SourceSettings, rows: int, last: int | None, *, asked_for: bool) -> None:
    """GateError (TP407) if there are fewer than half the rows of the last good load, unless asked for by name."""
    if last is None or asked_for or rows * 2 >= last:
        return
    text = f"source '{settings.name}': {rows:,} rows, fewer than half the {last:,} of the last good load"
    hint = f"if that is right, load it by name: trigpoint load {settings.name}"
    raise GateError(Problem("TP407", text, settings.place, hint))
