"""`trigpoint load`."""

from __future__ import annotations

import click

from trigpoint.cli.command import command, format_option, open_plugins_of, project_root, warn_of_failed_plugins
from trigpoint.cli.output import print_json, print_lines
from trigpoint.cli.progress import watch_load

MORE = "Without names, all sources. Bad rows are kept aside with the reason, and the others are used."


@command("load", "trigpoint load", "trigpoint load usage tickets", more=MORE)
@click.argument("sources", nargs=-1, metavar="[SOURCE ...]")
@click.option("--full", is_flag=True, help="Read everything, also where a source reads only what is new.")
@format_option("text", "json")
def main(sources: tuple[str, ...], full: bool, form: str) -> int:
    from trigpoint.report.runs import load_lines, loads_as_json, loads_exit_code
    from trigpoint.rules import load_project
    from trigpoint.run import bad_rows, load_sources

    project = load_project(project_root())
    plugins = open_plugins_of(project)
    with watch_load() as progress:
        loads = load_sources(project, sources, full=full, progress=progress, plugins=plugins)
    warn_of_failed_plugins(plugins)
    reasons = bad_rows(project, loads)
    if form == "json":
        print_json(loads_as_json(loads, reasons))
    else:
        print_lines(load_lines(loads, reasons))
    return loads_exit_code(loads)
