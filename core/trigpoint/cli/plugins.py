"""`trigpoint plugins`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trigpoint.cli.command import command, current_project, format_option, open_plugins_of
from trigpoint.cli.output import print_json, print_lines, print_sheet
from trigpoint.cli.printer import print_problems
from trigpoint.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from trigpoint.model.plugin import Registry
    from trigpoint.model.project import Project
    from trigpoint.report.plugins import PluginReport

EXAMPLES = ("trigpoint plugins", "trigpoint plugins files", "trigpoint plugins --format json")
MORE = (
    "Only what the project enables or uses is imported; of the others only what their packages say is shown. "
    "With NAME: all that one plugin offers, also if it comes with trigpoint and is not used."
)


@command("plugins", *EXAMPLES, more=MORE)
@click.argument("name", required=False)
@format_option("table", "json")
def main(name: str | None, form: str) -> int:
    from trigpoint.model.plugin import Registry
    from trigpoint.report.plugins import plugin_lines, plugins_as_json, plugins_sheet

    project, refused = _project(), None
    try:
        registry = _registry(project, name)
    except ConfigError as error:
        registry, refused = Registry(), error
    found = _reports(project, registry, name)
    if form == "json":
        print_json(plugins_as_json(found))
    elif name is None:
        print_sheet(plugins_sheet(found))
    else:
        for each in found:
            print_lines(plugin_lines(each))
    if refused is not None:
        print_problems(refused.problems)
    return ConfigError.exit_code if refused is not None else 0


def _project() -> Project | None:
    """None outside of a project; one that cannot be read is told."""
    from trigpoint.cli.installed_commands import project_folder

    given = (click.get_current_context().find_object(dict) or {}).get("project")
    return current_project() if given or project_folder(None) else None


def _registry(project: Project | None, name: str | None) -> Registry:
    """Outside of a project, what the named plugin offers if it comes with trigpoint."""
    from trigpoint.model.project import Project
    from trigpoint.model.ruleset import Calendar

    nothing_enabled = Project(Path.cwd(), Calendar(), ())
    return open_plugins_of(project or nothing_enabled).registry([name] if name else [])


def _reports(project: Project | None, registry: Registry, name: str | None) -> Sequence[PluginReport]:
    from trigpoint.plugins import commands_of, installed_plugins
    from trigpoint.report.names import nearest
    from trigpoint.report.plugins import report_of

    loaded = registry.plugins
    known = {(each.name, each.owner): each for each in (*installed_plugins(), *loaded.values())}
    enabled = project.plugins if project is not None else ()
    wanted = [each for each in known.values() if name in (None, each.name)]
    if not wanted and name is not None:
        names = sorted({each.name for each in known.values()})
        hint = nearest(name, names) or f"there is: {', '.join(names) or 'none'}"
        raise UsageError.of("TP386", f"there is no plugin '{name}'", hint=hint)
    return [
        report_of(each, registry, commands_of(each), enabled=each.local or each.name in enabled)
        for each in sorted(wanted, key=lambda plugin: (plugin.name, plugin.owner))
    ]
