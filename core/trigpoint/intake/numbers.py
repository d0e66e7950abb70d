"""Texts of numbers as people and spreadsheets write them; where one is not read, the setting that would read it."""

from __future__ import annotations

import re
from collections.abc import Sequence

Way = tuple[str, str | None]  # the decimal sign, and the one between groups of three digits
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# A space between groups may be one that does not break, and an apostrophe a typographic one.
SEPARATORS = {".": "[.]", ",": "[,]", " ": "[ \u00a0\u202f]", "'": "['\u2019]"}
_GROUPED = {sign: re.compile(rf"[+-]?\d{{1,3}}(?:{each}\d{{3}})+", re.ASCII) for sign, each in SEPARATORS.items()}
_ANY_SEPARATOR = {sign: re.compile(each) for sign, each in SEPARATORS.items()}
NO_DATA = frozenset({"n/a", "#n/a", "na", "n.a.", "k.a.", "nan", "null", "none", "nil", "-", "--", "\u2013", "?", "."})
WAYS: tuple[Way, ...] = (  # how numbers are written, the likeliest reading first
    (".", None),
    (",", None),
    (",", "."),
    (".", ","),
    (",", " "),
    (".", " "),
    (".", "'"),
    (",", "'"),
)


class NotANumber(ValueError):  # noqa: N818  # it reads as what it says
    """A text is no number; the text of the error says why, and the way out if there is one."""


def point_number(text: str, decimal: str, thousands: str | None) -> str:
    """The number in a text with a decimal point and nothing between its digits. Raises NotANumber."""
    plain = _pointed(text, decimal, thousands)
    if plain is None:
        raise NotANumber(f"is no number{_way_out(text, decimal, thousands)}")
    return plain


def fits(text: str, decimal: str, thousands: str | None) -> bool:
    """Whether a text is a number if numbers are written so."""
    return _pointed(text, decimal, thousands) is not None


def _pointed(text: str, decimal: str, thousands: str | None) -> str | None:
    whole, sign, rest = text.partition(decimal)
    if thousands is not None and _ANY_SEPARATOR[thousands].search(whole):
        if not _GROUPED[thousands].fullmatch(whole):
            return None  # 1.5 is not 15, whatever parts the thousands
        whole = _ANY_SEPARATOR[thousands].sub("", whole)
    plain = f"{whole}.{rest}" if sign else whole
    return plain if NUMBER.fullmatch(plain) and (decimal == "." or "." not in whole) else None


def _way_out(text: str, decimal: str, thousands: str | None) -> str:
    if text.lower() in NO_DATA:
        return f' (write blank = ["{text}"])'
    ways = [way for way in WAYS if fits(text, *way)]
    told = [_settings(way, decimal, thousands) for way in ways if _simplest(way, ways, decimal)]
    return f" (write {' or '.join(told)})" if told else ""


def _simplest(way: Way, ways: Sequence[Way], decimal: str) -> bool:
    """Whether no other way reads the number with less: without thousands, or with the decimal sign as it is."""
    return way[1] is None or ((way[0], None) not in ways and (way[0] == decimal or (decimal, way[1]) not in ways))


def _settings(way: Way, decimal: str, thousands: str | None) -> str:
    parts = [f'decimal = "{way[0]}"'] if way[0] != decimal else []
    if way[1] is not None and way[1] != thousands:
        parts.append(f'thousands = "{way[1]}"')
    return " and ".join(parts)
