"""The demo project: its project file comes with the program, the company behind it is made up by a plugin."""

from __future__ import annotations

from pathlib import Path

from trigpoint.draft.skeleton import GITIGNORE, RULES_HEAD, editor_files, write_new
from trigpoint.draft.toml_text import quoted
from trigpoint.errors import Place, UsageError
from trigpoint.model.project import Project
from trigpoint.resources import bundled

ACCOUNTS = 200
SEED = 7
UNTIL = "2026-06-30"  # a fixed day: a demo that follows the clock would never be the same twice
EXAMPLE = """#
# Change a number and type `trigpoint run`, for example what counts as healthy:
#
# [scorecards.health]
# bands = { healthy = 80, watch = 50, at_risk = 0 }
"""


def write_demo(root: Path, accounts: int = ACCOUNTS, seed: int = SEED, until: str = UNTIL) -> None:
    """Write the demo project. Raises UsageError if one of its files exists, WriteError if it cannot be written."""
    template = (bundled("rulesets") / "projects" / "demo.toml").read_text("utf-8")
    settings = {"{accounts}": str(accounts), "{seed}": str(seed), "{until}": quoted(until)}
    for mark, value in settings.items():
        template = template.replace(mark, value)
    texts = {"trigpoint.toml": template, "rules/rules.toml": RULES_HEAD + EXAMPLE, **editor_files()}
    write_new(root, texts | {".gitignore": GITIGNORE})


def check_is_demo(project: Project) -> None:
    """Raises UsageError unless all facts of the project are made up: a demo never touches another project."""
    if not project.sources or any(source.plugin != "demo" for source in project.sources.values()):
        raise UsageError.of("TP348", "this is a project of your own", Place(str(project.file)), "name another folder")
