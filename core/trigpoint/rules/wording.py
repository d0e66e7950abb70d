"""Words of messages: what was perhaps meant, lists of names, and the order of problems."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trigpoint.errors import Problem, Problems


def closest(word: str, names: Iterable[str]) -> str | None:
    """A hint with the name that is spelt most like `word`."""
    # Needed for bad rules only, and slow to import.
    from difflib import get_close_matches

    close = get_close_matches(word, list(names), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else None


def did_you_mean(word: str, names: Iterable[str]) -> str | None:
    """A hint with the name that is spelt most like `word`, or with all names where they are few."""
    known = list(names)
    if hint := closest(word, known):
        return hint
    return f"there {'is' if len(known) == 1 else 'are'} {listed(known)}" if 0 < len(known) <= 8 else None


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names in a sentence: 'a', 'b' and 'c'."""
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


_KINDS = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def kind_of(value: object) -> str:
    """What a value of TOML is, in a sentence: 'a number', 'text'."""
    return _KINDS.get(type(value), "a date")


def without_quotes(value: object) -> str | None:
    """The hint for a text where a number is wanted: "3" is a text."""
    return f"write {value} without quotes" if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def in_order_of_place(problems: Problems) -> tuple[Problem, ...]:
    """Each problem once, by file, line and column; those without a place first."""
    return tuple(sorted(dict.fromkeys(problems.found), key=_place))


def _place(problem: Problem) -> tuple[str, int, int, str, str]:
    place = problem.place
    if place is None:
        return "", 0, 0, problem.code, problem.text
    return place.file, place.line or 0, place.column or 0, problem.code, problem.text
