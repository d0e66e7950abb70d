"""Lines of text in which parts are styled; a printer decides whether styles are shown."""

from __future__ import annotations

Segment = tuple[str, str]  # text, style ('' is none)
Line = tuple[Segment, ...]


def line(text: str = "", style: str = "") -> Line:
    """A line in one style."""
    return ((text, style),)


def plain(of: Line) -> str:
    """The text alone."""
    return "".join(text for text, _ in of).rstrip()
