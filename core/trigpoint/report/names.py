"""The nearest known name to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """'did you mean ...?', or None where nothing is near."""
    import difflib

    names = list(known)
    by_small = {each.lower(): each for each in names}
    found = difflib.get_close_matches(name.lower(), by_small, n=1, cutoff=0.6)
    return f"did you mean '{by_small[found[0]]}'?" if found else None
