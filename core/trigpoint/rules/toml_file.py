"""TOML with positions: tomllib gives the values, tree-sitter the line and column of every key and value."""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from pathlib import Path

from attrs import define, field

from trigpoint.errors import Place, Problems
from trigpoint.rules.setting import Broken, Setting
from trigpoint.rules.syntax import Syntax, scan

MAX_BYTES = 1_000_000
LARGEST_NUMBER = 2**53  # what a double, in which rules reckon, holds exactly
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_file(path: Path, name: str, problems: Problems) -> Setting | None:
    """The settings of a file; `name` stands for it in messages. None if it cannot be read, which is then reported."""
    place = Place(name)
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.add("TP102", f"the file cannot be read: {error.strerror}", place)
        return None
    return read_text(content, name, problems)


def read_text(content: bytes, name: str, problems: Problems) -> Setting | None:
    """Like `read_file`, from the bytes of a file. A byte-order mark at its beginning is accepted."""
    place = Place(name)
    if len(content) > MAX_BYTES:
        problems.add("TP102", f"the file has {len(content):,} bytes, more than {MAX_BYTES:,}", place, "split it")
        return None
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.add("TP102", "the file is not UTF-8 text", Place(name, line), "save it as UTF-8")
        return None
    before = len(problems.found)
    try:
        syntax = scan(text, name, problems)
        # What tree-sitter has seen is told first: a key with 20,000 dots would keep tomllib busy for 10 s.
        if len(problems.found) > before:
            return None
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _report(error, text, name, problems)
        return None
    except (RecursionError, ValueError) as error:
        deep = isinstance(error, RecursionError)
        # ValueError: Python's own limit for numbers of thousands of digits.
        problems.add(
            "TP102",
            f"the file {'nests lists or tables too deep' if deep else 'has a number of too many digits'}",
            place,
        )
        return None
    return _Attach(name, problems).table(values, syntax)


def _report(error: tomllib.TOMLDecodeError, text: str, name: str, problems: Problems) -> None:
    message = str(error)
    found = _AT.search(message)
    words = _AT.sub("", message)
    if found and found[1]:
        line, column = int(found[1]), int(found[2])
    else:
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    whole = text.split("\n")[line - 1]
    hint = _text_hint(whole, column) if words == "Invalid value" else _number_hint(whole)
    problems.add("TP101", f"this is no TOML: {words[:1].lower()}{words[1:]}", Place(name, line, column), hint)


def _text_hint(line: str, column: int) -> str | None:
    """Text without quotes, from a column on: to the end of the line, or of the entry where it stands in brackets."""
    written = line[column - 1 :]
    if not re.match(r"[^\W\d]|_", written):
        return _number_hint(line)
    if found := re.match(r"(true|false)\b", written, re.IGNORECASE):
        return f"write {found[0].lower()}"
    alone = line.partition("=")[2].strip() == written.strip()
    value = re.split(r"#" if alone else r"[,}\]#]", written)[0].strip()
    return f'write text in quotes: "{value}"'


def _number_hint(line: str) -> str | None:
    """Numbers as spreadsheets show them."""
    written = line.partition("=")[2].strip()
    if re.match(r"\d{1,3}(,\d{3})+", written):
        return "write numbers without commas"
    if re.match(r"[\d.]+\s*%", written):
        return "write a share: 0.25 for 25 %"
    return None


@define
class _Attach:
    """Gives the values of a file their places."""

    name: str
    problems: Problems
    found: list[Setting] = field(factory=list)

    def table(self, values: dict[str, object], syntax: Syntax) -> Setting:
        entries = {key: self.value(value, syntax.entries.get(key, syntax)) for key, value in values.items()}
        return Setting(entries, syntax.place, syntax.key)

    def value(self, value: object, syntax: Syntax) -> Setting:
        if isinstance(value, dict):
            return self.table(value, syntax)
        if isinstance(value, list):
            marks = syntax.items if len(syntax.items) == len(value) else [syntax] * len(value)
            items = tuple(self.value(each, mark) for each, mark in zip(value, marks, strict=True))
            return Setting(items, syntax.place, syntax.key)
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            self.problems.add("TP108", "a whole number has at most 15 digits here", syntax.place)
            return Setting(Broken(), syntax.place, syntax.key)
        if isinstance(value, float) and math.isnan(value):
            self.problems.add("TP108", "nan is no number to reckon with", syntax.place)
            return Setting(Broken(), syntax.place, syntax.key)
        assert isinstance(value, str | int | float | bool | dt.date | dt.time)  # noqa: S101  # all that TOML has
        return Setting(value, syntax.place, syntax.key, syntax.raw)
