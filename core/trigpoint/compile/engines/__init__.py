"""What the engines say differently: one table each, of what is renamed, emulated and refused."""

from __future__ import annotations

from attrs import evolve

from trigpoint.compile.engines.base import Engine
from trigpoint.compile.engines.sqlite import SQLITE
from trigpoint.model.ruleset import Ruleset


def engine_of(ruleset: Ruleset) -> Engine:
    """SQLite, with the functions of plugins that the ruleset calls."""
    return evolve(SQLITE, plugged=ruleset.functions) if ruleset.functions else SQLITE
