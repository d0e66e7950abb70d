"""The ways into the rules: load a project's ruleset, build one from kept settings, check everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from trigpoint.errors import ConfigError, Place, Problem, Problems, RulesError
from trigpoint.model.plugin import NO_PLUGINS, Plugins
from trigpoint.model.project import Project
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules.build import build
from trigpoint.rules.declared import plugins_named, with_declarations
from trigpoint.rules.files import read_layers
from trigpoint.rules.layers import normal
from trigpoint.rules.project import ProjectFile, read_project
from trigpoint.rules.setting import Scalar, Setting
from trigpoint.rules.sources import check_sources
from trigpoint.rules.stand_ins import build_with_stand_ins
from trigpoint.rules.wording import in_order_of_place

SettingPath = tuple[str, ...]
OpenPlugins = Callable[[Project], Plugins]
_NO_ORIGINS: Mapping[SettingPath, Place] = {}


@frozen
class Checked:
    """What is wrong with a project, in order of the places; project and ruleset are there if they can be used."""

    problems: tuple[Problem, ...]
    project: Project | None = None
    ruleset: Ruleset | None = None


def load_ruleset(project: Project, plugins: Plugins = NO_PLUGINS) -> Ruleset:
    """The ruleset of a project, with what its plugins offer. Raises RulesError with all problems of all files."""
    problems = Problems()
    # Read again for the places: a project may have been made without a file, and keeps none.
    found = read_project(project.root, Problems())
    if found is not None and found.project.rules == project.rules:
        ruleset = _ruleset(evolve(found, project=project), plugins, problems)
    else:
        places = [Place(project.file.name)] * len(project.rules)
        settings = _layers(project, places, plugins, problems)
        ruleset = None if settings is None else _built(settings, project, plugins, problems)
    if ruleset is None:
        raise RulesError(*in_order_of_place(problems))
    return ruleset


def build_ruleset(
    settings: Mapping[str, object], calendar: Calendar, origins: Mapping[SettingPath, Place] = _NO_ORIGINS
) -> Ruleset:
    """The ruleset of merged settings, as `Ruleset.settings` has them. Raises RulesError."""
    problems = Problems()
    ruleset = build(normal(_placed(settings, origins, ())), calendar, problems)
    if ruleset is None:
        raise RulesError(*in_order_of_place(problems))
    return ruleset


def check(root: Path, open_plugins: OpenPlugins = lambda _: NO_PLUGINS) -> tuple[Problem, ...]:
    """Every problem and warning of a project, in order of their places. Bad rules do not raise."""
    return checked(root, open_plugins).problems


def checked(root: Path, open_plugins: OpenPlugins = lambda _: NO_PLUGINS) -> Checked:
    """Like `check`, and what was read on the way."""
    problems = Problems()
    found = read_project(root, problems)
    if found is None:
        return Checked(in_order_of_place(problems))
    plugins = open_plugins(found.project)
    try:
        ruleset = _ruleset(found, plugins, problems)
        failed = plugins.registry().failed
    except ConfigError as error:  # a plugin that is refused
        return Checked((*in_order_of_place(problems), *error.problems))
    told = (*in_order_of_place(problems), *(each.failure for each in failed.values() if each.failure))
    return Checked(told, None if problems.errors else found.project, ruleset)


def _ruleset(found: ProjectFile, plugins: Plugins, problems: Problems) -> Ruleset | None:
    """The ruleset of a project file, checked together with the sources; None if anything is wrong."""
    project = found.project
    settings = _layers(project, found.rule_places, plugins, problems)
    if settings is None:
        return None
    check_sources(project.sources, found.settings, settings, problems)
    return _built(settings, project, plugins, problems)


def _layers(project: Project, places: Sequence[Place], plugins: Plugins, problems: Problems) -> Setting | None:
    return read_layers(project.root, project.rules, places, problems, plugins)


def _built(settings: Setting, project: Project, plugins: Plugins, problems: Problems) -> Ruleset | None:
    """The ruleset of merged settings, with the declarations of the plugins that they name."""
    registry = plugins.registry(plugins_named(settings))
    declared = with_declarations(settings, registry)
    return build_with_stand_ins(declared, project.calendar, problems, registry)


def _placed(value: object, origins: Mapping[SettingPath, Place], path: SettingPath) -> Setting:
    place = origins.get(path, Place("settings"))
    if isinstance(value, Mapping):
        return Setting(
            {str(key): _placed(each, origins, (*path, str(key))) for key, each in value.items()}, place, place
        )
    if isinstance(value, list | tuple):
        return Setting(tuple(_placed(each, origins, path) for each in value), place, place)
    assert isinstance(value, Scalar)  # noqa: S101  # what `plain` leaves
    return Setting(value, place, place)
