"""`trigpoint example-notes`: how many notes the project has."""

from __future__ import annotations

import click
from trigpoint import InputError, current_project


@click.command("example-notes", short_help="Count the notes of the project.")
def example_notes() -> None:
    """Count the notes of the project."""
    project = current_project()
    paths = [str(each.options["path"]) for each in project.sources.values() if each.plugin == "example"]
    if not paths:
        raise InputError.of("EX001", "no source of this project reads notes", hint='write plugin = "example"')
    for path in paths:
        lines = (project.root / path).read_text(encoding="utf-8").splitlines()
        click.echo(f"{path}: {len(lines)} notes")
