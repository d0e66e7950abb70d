"""Rules: TOML files with positions, their shape, their layers, and the ruleset they mean. All problems at once."""

from trigpoint.rules.load import Checked, build_ruleset, check, checked, load_ruleset
from trigpoint.rules.project import load_project
from trigpoint.rules.roads import Step, reach, road

__all__ = [
    "Checked",
    "Step",
    "build_ruleset",
    "check",
    "checked",
    "load_project",
    "load_ruleset",
    "reach",
    "road",
]
