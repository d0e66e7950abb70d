"""Finds the command of a plugin, imports it, and answers for what it does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import click

from trigpoint.cli.catalogue import SUMMARIES
from trigpoint.cli.command import add_global_options
from trigpoint.cli.installed_commands import enabled_plugins, project_folder
from trigpoint.errors import ConfigError, Place, Problem, TrigpointError, UsageError
from trigpoint.model.plugin import Plugin
from trigpoint.signals import asked_to_end


def command_of_plugin(name: str, given: str | None, *, foreign: bool = True) -> click.Command | None:
    """The command of that name, imported from the plugin that brings it; None if no installed plugin has one.

    `given` is the project folder that was named; without `foreign` only bundled plugins count. Raises UsageError (TP385)
    if the plugin is not enabled, ConfigError if it cannot be loaded, does not give the command, or two have it.
    """
    from trigpoint.plugins import load_commands, plugins_with_command, trace_from_environment

    owners = plugins_with_command(name)
    if not owners:
        return None
    plugin = _chosen(name, owners, enabled_plugins(project_folder(given)), foreign)
    if problem := taken_command(plugin):
        raise ConfigError(problem)
    for command in load_commands(plugin, trace_from_environment()):
        if command.name == name:
            add_global_options(command)
            return _answered_for(command, plugin)
    raise ConfigError(_not_given(name, plugin))


def taken_command(plugin: Plugin) -> Problem | None:
    """Why none of a plugin's commands can be used: one of them is called like one of ours (TP704)."""
    from trigpoint.plugins import commands_of

    for name in commands_of(plugin):
        if name in SUMMARIES:
            text = f"command '{name}' is offered twice: by trigpoint itself and by {plugin}"
            return Problem("TP704", text, Place(plugin.file), "its author must rename the command")
    return None


def command_faults(plugin: Plugin) -> Iterator[Problem]:
    """Commands that its hook gives and its metadata do not name, which nobody finds, and the other way round (TP708)."""
    from trigpoint.plugins import commands_of, load_commands

    named = commands_of(plugin)
    if "trigpoint_commands" not in plugin.hooks:
        given: list[str] = []
    else:
        try:
            given = [str(each.name) for each in load_commands(plugin)]
        except TrigpointError as error:
            yield from error.problems
            return
    for name in named:
        if name not in given:
            yield _not_given(name, plugin)
    for name in given:
        if name not in named:
            text = f"{plugin} gives a command '{name}' that its metadata do not name: nobody finds `trigpoint {name}`"
            point = f'write {name} = "{plugin.reference}" in [project.entry-points."trigpoint.commands"] of its'
            way = (
                "commands need an installed package"
                if plugin.local
                else f"{point} pyproject.toml, and install it again"
            )
            yield Problem("TP708", text, Place(plugin.file), way)


def _not_given(name: str, plugin: Plugin) -> Problem:
    text = f"{plugin} has a command '{name}' in its metadata, but its hook trigpoint_commands does not give it"
    return Problem("TP708", text, Place(plugin.file), "report it to the plugin's owner")


def named_project(arguments: Sequence[str]) -> str | None:
    """The value of `--project` among arguments that are not parsed yet."""
    for position, each in enumerate(arguments):
        if each.startswith("--project="):
            return each.partition("=")[2]
        if each == "--project" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def _chosen(name: str, owners: Sequence[Plugin], enabled: Collection[str], foreign: bool) -> Plugin:
    """The one plugin whose command may be used."""
    usable = [each for each in owners if each.bundled or (foreign and each.name in enabled)]
    if len(usable) > 1:
        text = f"command '{name}' is offered twice: by {' and by '.join(map(str, usable))}"
        raise ConfigError.of("TP704", text, Place("trigpoint.toml"), "enable only one of them")
    if usable:
        return usable[0]
    owner = owners[0]
    if owner.name in enabled:
        text, hint = f"command '{name}' of {owner} is switched off by --no-plugins", "run it without --no-plugins"
    else:
        text = f"command '{name}' comes with {owner}, which this project does not enable"
        hint = f'write enabled = ["{owner.name}"] in [plugins] of trigpoint.toml'
    raise UsageError.of("TP385", text, hint=hint)


def _answered_for(command: click.Command, plugin: Plugin) -> click.Command:
    """The command, whose bugs are told as its plugin's and not as ours."""
    invoke = command.invoke

    def guarded(context: click.Context) -> object:
        try:
            return invoke(context)
        except (TrigpointError, click.ClickException, click.exceptions.Exit, OSError, SystemExit):
            raise
        except BaseException as error:
            if asked_to_end(error):
                raise
            text = f"command '{command.name}' of {plugin} failed: {type(error).__name__}: {error}"
            raise TrigpointError.of("TP709", text, Place(plugin.file), "report it to the plugin's owner") from error

    command.invoke = guarded  # type: ignore[assignment, method-assign]  # any class of command may come: it cannot be subclassed
    return command
