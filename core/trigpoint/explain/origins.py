"""Where settings come from: file and line."""

from __future__ import annotations

from trigpoint.errors import Place
from trigpoint.model.ruleset import Path, Ruleset


def origins_under(ruleset: Ruleset, prefix: Path, depth: int = 2) -> dict[str, str]:
    """The places of the settings below a path, by their dotted name under it ('' is the path itself)."""
    return {
        ".".join(path[len(prefix) :]): _shown(place)
        for path, place in ruleset.origins.items()
        if path[: len(prefix)] == prefix and len(path) <= len(prefix) + depth
    }


def _shown(place: Place) -> str:
    """The line is enough to find it."""
    return str(Place(place.file, place.line))
