"""Prints TOML by hand, with comments in it: no writer of TOML keeps those."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def quoted(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """A TOML key, quoted where it must be."""
    return name if _BARE.fullmatch(name) else quoted(name)


def inline(values: Mapping[str, str]) -> str:
    """An inline table of texts."""
    return "{ " + ", ".join(f"{key(name)} = {quoted(value)}" for name, value in values.items()) + " }"


def array(values: Iterable[str]) -> str:
    """An array of texts."""
    return "[" + ", ".join(quoted(value) for value in values) + "]"


def comment(text: str) -> str:
    """A line that only people read, whatever stands in it."""
    printable = "".join(each if each.isprintable() else " " for each in text)  # TOML forbids others, in comments too
    return "# " + " ".join(printable.split())
