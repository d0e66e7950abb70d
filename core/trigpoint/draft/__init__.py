"""Writes the first files of a project: an empty one, one around a ready-made ruleset, or one drafted from CSV files."""

from trigpoint.draft.demo import ACCOUNTS, SEED, check_is_demo, write_demo
from trigpoint.draft.from_csv import Draft, draft_from_csv
from trigpoint.draft.ready_made import ReadyMade, bundled_rulesets, sources_of
from trigpoint.draft.skeleton import local_zone, write_project

__all__ = [
    "ACCOUNTS",
    "SEED",
    "Draft",
    "ReadyMade",
    "bundled_rulesets",
    "check_is_demo",
    "draft_from_csv",
    "local_zone",
    "sources_of",
    "write_demo",
    "write_project",
]
