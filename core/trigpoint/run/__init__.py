"""The use case behind the nightly job: load, score, publish; all of it, or nothing."""

from trigpoint.run.clock import Clock, clock_of, resolve_as_of
from trigpoint.run.steps import bad_rows, load_ruleset, load_sources, run_project
from trigpoint.run.verdict import DEGRADED, MATCHED

__all__ = [
    "DEGRADED",
    "MATCHED",
    "Clock",
    "bad_rows",
    "clock_of",
    "load_ruleset",
    "load_sources",
    "resolve_as_of",
    "run_project",
]
