"""The store: where the judgements lie. One SQLite file of runs, values, scores and findings, made for people to open.

Nothing is imported before it is used: `trigpoint --help` and the commands that only read pay for what they touch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trigpoint.store.connection import Store, open_store
    from trigpoint.store.lock import run_lock
    from trigpoint.store.publishing import publish
    from trigpoint.store.read import (
        dates,
        findings,
        loads,
        ruleset_of,
        run_of,
        score,
        score_columns,
        scores,
        value_columns,
        values,
    )
    from trigpoint.store.records import KeptReason, KeptRuleset, KeptScorecard, Published, Run, ScoreRow, ValueRow
    from trigpoint.store.runs import bands_before, fail_run, mark, start_run
    from trigpoint.store.sheets import count_outcomes

__all__ = [
    "KeptReason",
    "KeptRuleset",
    "KeptScorecard",
    "Published",
    "Run",
    "ScoreRow",
    "Store",
    "ValueRow",
    "bands_before",
    "count_outcomes",
    "dates",
    "fail_run",
    "findings",
    "loads",
    "mark",
    "open_store",
    "publish",
    "ruleset_of",
    "run_lock",
    "run_of",
    "score",
    "score_columns",
    "scores",
    "start_run",
    "value_columns",
    "values",
]

_MODULES = {
    "connection": ("Store", "open_store"),
    "lock": ("run_lock",),
    "publishing": ("publish",),
    "read": (
        "dates",
        "findings",
        "loads",
        "ruleset_of",
        "run_of",
        "score",
        "score_columns",
        "scores",
        "value_columns",
        "values",
    ),
    "records": ("KeptReason", "KeptRuleset", "KeptScorecard", "Published", "Run", "ScoreRow", "ValueRow"),
    "runs": ("bands_before", "fail_run", "mark", "start_run"),
    "sheets": ("count_outcomes",),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Bound to the package, so that it is looked up once.
    globals()[name] = found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found
