"""Pieces of TOML for files with comments in them, which no writer of whole files keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def quoted(text: str) -> str:
    """A TOML string."""
    from tomli_w import dumps

    return dumps({"key": text}).removeprefix("key = ").removesuffix("\n")


def key(name: str) -> str:
    """A TOML key, quoted where it must be."""
    from tomli_w import dumps

    return dumps({name: 0}).removesuffix(" = 0\n")


def inline(values: Mapping[str, str]) -> str:
    """An inline table of texts."""
    return "{ " + ", ".join(f"{key(name)} = {quoted(value)}" for name, value in values.items()) + " }"


def array(values: Iterable[str]) -> str:
    """An array of texts."""
    return "[" + ", ".join(quoted(value) for value in values) + "]"


def literal(text: str) -> str:
    """A text as the expressions of the rules have it."""
    return "'" + text.replace("'", "''") + "'"


def comment(text: str) -> str:
    """A line that only people read, whatever stands in it."""
    printable = "".join(each if each.isprintable() else " " for each in text)  # TOML forbids others, in comments too
    return "# " + " ".join(printable.split())


def value_text(value: object) -> str:
    """Any value, on one line: lists and tables inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key(str(name))} = {value_text(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(value_text, value)) + "]"
    from tomli_w import dumps

    return dumps({"key": value}).removeprefix("key = ").removesuffix("\n")
