"""Rules whose plugins are missing tonight: what needs them is an error, everything else is built as ever.

Of what a metric is, when the plugin that declares it cannot be loaded, its type is all that the rules around it depend
on, and nobody knows it. The one under which they fit is taken; no value depends on it, for there will be none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from trigpoint.errors import Problems
from trigpoint.model.expression import ValueType
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules.build import build
from trigpoint.rules.declared import declared_metrics, retyped
from trigpoint.rules.setting import Setting

TYPES: Sequence[ValueType] = ("number", "text", "boolean", "date", "timestamp")


def build_with_stand_ins(
    settings: Setting, calendar: Calendar, problems: Problems, offered: Collection[str] = ()
) -> Ruleset | None:
    """The ruleset of settings in which some plugins may have failed. Problems are those of the best fit."""
    failed = [name for name, each in declared_metrics(settings).items() if each.failed is not None]
    if not failed:
        return build(settings, calendar, problems, offered)
    best, told = settings, _problems(settings, calendar)
    for name in failed:
        for kind in TYPES:
            if not told.errors:
                break
            other = retyped(best, {name: kind})
            tried = _problems(other, calendar)
            if len(tried.errors) < len(told.errors):
                best, told = other, tried
    return build(best, calendar, problems, offered)


def _problems(settings: Setting, calendar: Calendar) -> Problems:
    problems = Problems()
    build(settings, calendar, problems)
    return problems
