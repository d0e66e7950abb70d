"""`trigpoint plugin new`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from trigpoint.cli.command import command
from trigpoint.cli.printer import say
from trigpoint.cli.program import unknown

MORE = (
    "NAME is what rules and projects call it. The folder (trigpoint-NAME by default) gets a package with a metric that "
    "works, its rules, a test that makes a whole suite of a few rows, and settings for pytest, ruff, mypy and CI. No file "
    "that exists is touched."
)


@command("plugin", "trigpoint plugin new mood", "trigpoint plugin new mood --folder work/mood", more=MORE)
@click.argument("action", metavar="new")
@click.argument("name", metavar="NAME")
@click.option("--folder", metavar="DIR", type=click.Path(path_type=Path), help="Where to; else trigpoint-NAME.")
def main(action: str, name: str, folder: Path | None) -> None:
    from trigpoint.draft import write_plugin
    from trigpoint.plugins import installed_plugins

    if action != "new":
        raise unknown("TP340", "action", action, ["new"], "write `trigpoint plugin new NAME`")
    written = write_plugin(name, folder, [each.name for each in installed_plugins()])
    for path in written:
        print(path)
    home = shlex.quote(str(written[0].parent))
    have = "in an environment that has trigpoint, pytest, ruff and mypy"
    say(f"next: {have}: cd {home} && pip install -e . && pytest", "next")
