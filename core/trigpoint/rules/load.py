"""The ways into the rules: load a project's ruleset, build one from kept settings, check everything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import evolve, frozen

from trigpoint.errors import Place, Problem, Problems, RulesError
from trigpoint.model.project import Project
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules.build import build
from trigpoint.rules.files import read_layers
from trigpoint.rules.layers import normal
from trigpoint.rules.project import ProjectFile, read_project
from trigpoint.rules.setting import Scalar, Setting
from trigpoint.rules.sources import check_sources
from trigpoint.rules.wording import in_order_of_place

SettingPath = tuple[str, ...]
_NO_ORIGINS: Mapping[SettingPath, Place] = {}


@frozen
class Checked:
    """What is wrong with a project, in order of the places; project and ruleset are there if they can be used."""

    problems: tuple[Problem, ...]
    project: Project | None = None
    ruleset: Ruleset | None = None


def load_ruleset(project: Project) -> Ruleset:
    """The ruleset of a project. Raises RulesError with all problems of all files."""
    problems = Problems()
    # Read again for the places: a project may have been made without a file, and keeps none.
    found = read_project(project.root, Problems())
    if found is not None and found.project.rules == project.rules:
        ruleset = _ruleset(evolve(found, project=project), problems)
    else:
        settings = read_layers(project.root, project.rules, [Place(project.file.name)] * len(project.rules), problems)
        ruleset = None if settings is None else build(settings, project.calendar, problems)
    if ruleset is None:
        raise RulesError(*in_order_of_place(problems))
    return ruleset


def build_ruleset(
    settings: Mapping[str, object], calendar: Calendar, origins: Mapping[SettingPath, Place] = _NO_ORIGINS
) -> Ruleset:
    """The ruleset of merged settings, as `Ruleset.settings` has them. Raises RulesError."""
    problems = Problems()
    ruleset = build(normal(_setting(settings, origins, ())), calendar, problems)
    if ruleset is None:
        raise RulesError(*in_order_of_place(problems))
    return ruleset


def check(root: Path) -> tuple[Problem, ...]:
    """Every problem and warning of a project, in order of their places. Bad rules do not raise."""
    return checked(root).problems


def checked(root: Path) -> Checked:
    """Like `check`, and what was read on the way."""
    problems = Problems()
    found = read_project(root, problems)
    if found is None:
        return Checked(in_order_of_place(problems))
    ruleset = _ruleset(found, problems)
    return Checked(in_order_of_place(problems), None if problems.errors else found.project, ruleset)


def _ruleset(found: ProjectFile, problems: Problems) -> Ruleset | None:
    """The ruleset of a project file, checked together with the sources; None if anything is wrong."""
    project = found.project
    settings = read_layers(project.root, project.rules, found.rule_places, problems)
    if settings is None:
        return None
    check_sources(project.sources, found.settings, settings, problems)
    return build(settings, project.calendar, problems)


def _setting(value: object, origins: Mapping[SettingPath, Place], path: SettingPath) -> Setting:
    place = origins.get(path, Place("settings"))
    if isinstance(value, Mapping):
        return Setting(
            {str(key): _setting(each, origins, (*path, str(key))) for key, each in value.items()}, place, place
        )
    if isinstance(value, list | tuple):
        return Setting(tuple(_setting(each, origins, path) for each in value), place, place)
    assert isinstance(value, Scalar)  # noqa: S101  # what `plain` leaves
    return Setting(value, place, place)
