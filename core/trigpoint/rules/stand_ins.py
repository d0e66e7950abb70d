"""Rules whose plugins are missing tonight: what needs them is an error, everything else is built as ever.

Of a metric, or function, whose plugin cannot be loaded its type is all that the rules around it depend on, and nobody
knows it. The one under which they fit best is taken; no value depends on it, for there will be none.
"""

from __future__ import annotations

from collections.abc import Collection

from trigpoint.errors import Problems
from trigpoint.model.expression import ValueType
from trigpoint.model.plugin import Registry
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules.build import build
from trigpoint.rules.declared import failed_declarations, with_type
from trigpoint.rules.draft import NOTHING
from trigpoint.rules.setting import Setting

TYPES: tuple[ValueType, ...] = ("text", "boolean", "date")  # besides numbers, which most are


def build_with_stand_ins(
    settings: Setting, calendar: Calendar, problems: Problems, registry: Registry = NOTHING
) -> Ruleset | None:
    """The ruleset of settings in which some plugins may have failed. Problems are those of the best fit."""
    unknown = tuple(failed_declarations(settings))
    if unknown:
        settings = _fitting(settings, calendar, unknown)
    return build(settings, calendar, problems, registry)


def _fitting(settings: Setting, calendar: Calendar, unknown: Collection[tuple[str, ...]]) -> Setting:
    best, fewest = settings, _problems(settings, calendar)
    for way in unknown:
        for kind in TYPES:
            if not fewest:
                return best
            other = with_type(best, way, kind)
            if (told := _problems(other, calendar)) < fewest:
                best, fewest = other, told
    return best


def _problems(settings: Setting, calendar: Calendar) -> int:
    problems = Problems()
    build(settings, calendar, problems)
    return len(problems.errors)
