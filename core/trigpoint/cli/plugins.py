"""`trigpoint plugins`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trigpoint.cli.command import command, current_project, format_option, open_plugins_of
from trigpoint.cli.output import print_json, print_lines, print_sheet
from trigpoint.cli.printer import print_problems
from trigpoint.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from trigpoint.errors import Problem
    from trigpoint.model.plugin import Plugin, Registry
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
    from trigpoint.plugins import PluginsRefusedError
    from trigpoint.report.names import nearest
    from trigpoint.report.plugins import plugin_lines, plugins_as_json, plugins_sheet

    project = _project()
    refused: tuple[Plugin, ...] = ()
    problems: tuple[Problem, ...] = ()
    try:
        registry = _registry(project, name)
    except PluginsRefusedError as error:
        registry, refused, problems = error.registry, error.refused, error.problems
    known = _known(registry, refused)
    problems = (*problems, *_command_problems(known, project, name))
    found = _reports(project, registry, known, name)
    if not found and name is not None:
        names = sorted({each.name for each in known})
        hint = nearest(name, names) or f"there is: {', '.join(names) or 'none'}"
        unknown = UsageError.of("TP386", f"there is no plugin '{name}'", hint=hint)
        raise ConfigError(*problems, *unknown.problems) if problems else unknown
    if form == "json":
        print_json(plugins_as_json(found, problems))
    elif name is None:
        print_sheet(plugins_sheet(found))
    else:
        for each in found:
            print_lines(plugin_lines(each))
    print_problems(problems)
    return ConfigError.exit_code if problems else 0


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


def _known(registry: Registry, refused: Sequence[Plugin]) -> Sequence[Plugin]:
    """All that are installed, or named by the project, with what became of them."""
    from trigpoint.plugins import installed_plugins

    all_of = (*installed_plugins(), *refused, *registry.plugins.values())
    found = {(each.name, each.owner, each.reference): each for each in all_of}
    return sorted(found.values(), key=lambda plugin: (plugin.name, plugin.owner, plugin.reference))


def _command_problems(known: Sequence[Plugin], project: Project | None, name: str | None) -> Iterator[Problem]:
    """Commands that cannot be used: of enabled plugins those called like one of ours, and all faults of the plugin `name`."""
    from trigpoint.cli.plugin_commands import command_faults, taken_command

    for each in known:
        enabled = project is not None and each.name in project.plugins
        if (enabled or each.name == name) and (problem := taken_command(each)):
            yield problem
        elif each.name == name and each.hooks and each.failure is None:  # it was loaded
            yield from command_faults(each)


def _reports(
    project: Project | None, registry: Registry, known: Sequence[Plugin], name: str | None
) -> Sequence[PluginReport]:
    from trigpoint.plugins import commands_of
    from trigpoint.report.plugins import report_of

    enabled = project.plugins if project is not None else ()
    wanted = [each for each in known if name in (None, each.name)]
    return [report_of(each, registry, commands_of(each), enabled=each.local or each.name in enabled) for each in wanted]
