"""The first wall: cuts an expression's text into tokens with exact offsets, and refuses what has no place in one."""

from __future__ import annotations

import re
from typing import Literal

from attrs import frozen

from trigpoint.language.faults import ExpressionError, Fault
from trigpoint.language.spellings import REFUSED, SIGNS

LENGTH_LIMIT = 2000
NAME_LIMIT = 60
KEYWORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "between",
        "is",
        "null",
        "case",
        "when",
        "then",
        "else",
        "end",
        "true",
        "false",
        "distinct",
    ]
)
NO_FUNCTIONS = KEYWORDS | {"like"}  # words behind which a parenthesis may open: `x in (1, 2)`
RESERVED_NAMES = KEYWORDS | {"as_of", "points"}  # what no column and no metric can be called
NAME = re.compile(r"[a-z](?:_?[a-z0-9])*_?", re.ASCII)

Kind = Literal["number", "text", "name", "keyword", "symbol", "end"]
_SHOWN_FAULTS = 10  # a page of gibberish is told by its beginning
_BIDIRECTIONAL = "\u202a-\u202e\u2066-\u2069"  # they make a text look like another one
_UNFIT_IN_TEXT = re.compile(f"[\x00-\x1f\x7f-\x9f{_BIDIRECTIONAL}\ud800-\udfff]")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_MAGNITUDE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(k|m|mm|b|bn)", re.ASCII | re.IGNORECASE)
_MAGNITUDES = {"k": 1e3, "m": 1e6, "mm": 1e6, "b": 1e9, "bn": 1e9}
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<text>'(?:[^']|'')*')
    |(?P<number>\.?[0-9](?:[eE][+-]|[0-9A-Za-z_.])*%?)
    |(?P<date>[Dd][Aa][Tt][Ee](?=[ \t\r\n]*'))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<sign><=>|<<|>>|==|=>|=<|\*\*|\*/|!=|&&|\|\||::|:=|[?:@$\#][A-Za-z0-9_.]+)
    |(?P<symbol><>|<=|>=|[()+\-*/,.<>=])
    |(?P<quoted>"[^"]*"|`[^`]*`|\[[^\]]*\]|[\u201c\u201d\u201e][^\u201c\u201d]*[\u201c\u201d]|[\u2018\u201a\u2019][^\u2018\u2019]*[\u2018\u2019])
    |(?P<other>.)""",
    re.ASCII | re.DOTALL | re.VERBOSE,
)


@frozen
class Token:
    """A piece of the text: `text` as written (keywords in lower case), `value` of numbers and texts."""

    kind: Kind
    text: str
    start: int
    end: int
    value: float | str | None = None

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.text}'" if self.kind != "text" else self.text


def tokenize(text: str) -> tuple[Token, ...]:
    """All tokens, closed by one of kind "end". Raises ExpressionError with everything the first wall refuses."""
    if len(text) > LENGTH_LIMIT:
        told = f"the expression has {len(text)} characters; {LENGTH_LIMIT} are allowed"
        raise ExpressionError(
            Fault("TP202", told, LENGTH_LIMIT, len(text), "make metrics of its parts and use their names")
        )
    tokens: list[Token] = []
    faults: list[Fault] = []
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "space":
            continue
        piece = _piece(found.lastgroup or "", found[0], found.start())
        if isinstance(piece, Token):
            tokens.append(piece)
        else:
            faults.append(piece)
        if found[0] == "'":
            break  # an unfinished text: what follows would be read as names
    if faults:
        raise ExpressionError(*faults[:_SHOWN_FAULTS])
    return (*tokens, Token("end", "", len(text), len(text)))


def _piece(kind: str, raw: str, start: int) -> Token | Fault:  # noqa: PLR0911  # one return for each kind
    end = start + len(raw)
    match kind:
        case "text":
            return _text(raw, start)
        case "number":
            return _number(raw, start)
        case "date":
            return Token("keyword", "date", start, end)
        case "name":
            return _name(raw, start)
        case "symbol":
            return Token("symbol", raw, start, end)
        case "comment":
            return Fault("TP203", f"'{raw[:2]}' is not part of an expression", start, end, REFUSED[raw[:2]])
        case "quoted":
            return _quoted(raw, start)
        case _:
            return _sign(raw, start)


def _text(raw: str, start: int) -> Token | Fault:
    if unfit := _UNFIT_IN_TEXT.search(raw):
        at = start + unfit.start()
        return Fault("TP205", f"a text cannot hold the character U+{ord(unfit[0]):04X}", at, at + 1, "leave it out")
    return Token("text", raw, start, start + len(raw), raw[1:-1].replace("''", "'"))


def _number(raw: str, start: int) -> Token | Fault:
    end = start + len(raw)
    if not _NUMBER.fullmatch(raw):
        return Fault("TP205", f"'{raw}' is not a number", start, end, _number_hint(raw))
    if (value := float(raw)) == float("inf"):
        return Fault("TP205", f"'{raw}' is too large", start, end, "numbers go up to about 1.8e308")
    return Token("number", raw, start, end, value)


def _number_hint(raw: str) -> str:
    plain = raw.replace("_", "")
    if found := _MAGNITUDE.fullmatch(plain):
        return f"write {_digits(float(found[1]) * _MAGNITUDES[found[2].lower()])}"
    if plain.endswith("%") and _NUMBER.fullmatch(plain[:-1]):
        return f"write {_digits(float(plain[:-1]) / 100)}"
    for spelling in (plain, f"0{plain}", plain.rstrip("."), plain.lstrip("0")):
        if _NUMBER.fullmatch(spelling):
            return f"write {spelling}"
    return "write numbers like 1000, 0.5 or 1e6, without separators, units and leading zeros"


def _digits(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.12f}".rstrip("0")


def _name(raw: str, start: int) -> Token | Fault:
    end, lower = start + len(raw), raw.lower()
    if lower in KEYWORDS:
        return Token("keyword", lower, start, end)
    if raw != lower:
        return Fault("TP206", f"names are written in lower case, not '{raw}'", start, end, f"write {lower}")
    if len(raw) > NAME_LIMIT:
        return Fault("TP206", f"a name has at most {NAME_LIMIT} characters", start, end)
    if not NAME.fullmatch(raw):
        told = f"'{raw}' is no name: it begins with a letter and has no two underscores in a row"
        return Fault("TP206", told, start, end)
    return Token("name", raw, start, end)


def _quoted(raw: str, start: int) -> Fault:
    end, inner = start + len(raw), raw[1:-1]
    if raw[0] in "`[":
        return Fault("TP203", f"'{raw[0]}' is not part of an expression", start, end, REFUSED[raw[0]])
    text = inner.replace("'", "''")
    return Fault("TP201", "texts stand in straight single quotes", start, end, f"write '{text}'")


def _sign(raw: str, start: int) -> Fault:
    end = start + len(raw)
    if raw == "'":
        told = "an apostrophe inside a text is written twice: 'it''s'"
        return Fault("TP205", "the text that begins here does not end", start, end, told)
    if raw in SIGNS:
        return Fault("TP201", f"'{raw}' is not an operator of this language", start, end, SIGNS[raw])
    if raw in ('"', "\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u201a"):
        return Fault("TP201", "texts stand in straight single quotes", start, end, "write 'red'")
    hint = REFUSED.get(raw) or REFUSED.get(raw[0])
    if raw.isascii() and raw.isprintable():
        return Fault("TP203", f"'{raw}' is not part of an expression", start, end, hint)
    shown = f"'{raw}' (U+{ord(raw):04X})" if raw.isprintable() else f"the character U+{ord(raw):04X}"
    hint = "outside of texts only plain ASCII characters stand"
    return Fault("TP203", f"{shown} is not part of an expression", start, end, hint)


def is_name(text: str) -> bool:
    """Whether something may be called so."""
    return len(text) <= NAME_LIMIT and NAME.fullmatch(text) is not None
