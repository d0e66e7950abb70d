"""Looks at the settings of sources before anything is read: what is wrong there is wrong whatever the data.

That tables and columns are declared was checked when the rules were read; here is what only plugins and types can tell.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from trigpoint.errors import ConfigError, Place, Problem, Problems, TrigpointError, UsageError
from trigpoint.intake.cursors import check_cursor
from trigpoint.intake.missing import needed_columns
from trigpoint.intake.moments import Format
from trigpoint.model.expression import ValueType
from trigpoint.model.plugin import Plugins, Registry
from trigpoint.model.project import Project, SourceSettings
from trigpoint.model.ruleset import Ruleset
from trigpoint.plugins import way_to_enable
from trigpoint.rules.options import misfits
from trigpoint.rules.shape import schema as schema_of
from trigpoint.warehouse.layout import layout_of

Path = tuple[str | int, ...]


def chosen_sources(project: Project, names: Sequence[str]) -> tuple[SourceSettings, ...]:
    """The sources that are asked for, all without names. Raises UsageError (TP410) for one that is not there."""
    problems = Problems()
    for name in names:
        if name not in project.sources:
            close = difflib.get_close_matches(name, project.sources, 1)
            known = ", ".join(project.sources) or "none"
            hint = f"did you mean '{close[0]}'?" if close else f"the project's sources are: {known}"
            problems.add("TP410", f"there is no source '{name}'", Place(project.file.name), hint)
    if problems.errors:
        raise UsageError(*problems.errors)
    return tuple(source for source in project.sources.values() if not names or source.name in names)


def source_problems(project: Project, ruleset: Ruleset, plugins: Plugins) -> tuple[Problem, ...]:
    """All that is wrong in the settings of all sources, or with the plugins that read them."""
    try:
        check_sources(project, ruleset, plugins.registry())
    except TrigpointError as error:
        return error.problems
    return ()


def check_sources(project: Project, ruleset: Ruleset, registry: Registry) -> None:
    """Raises ConfigError with all that is wrong in the settings of all sources.

    A source whose plugin could not be loaded is not wrong: its load will fail, and `on_error` says what then.
    """
    problems = Problems()
    for source in project.sources.values():
        _check_columns(source, problems)
        _check_absent(source, ruleset, problems)
        _check_formats(source, ruleset.tables[source.table].columns, problems)
        _check_options(source, registry, problems)
        check_cursor(source, ruleset.tables[source.table], registry, problems)
    if problems.errors:
        raise ConfigError(*problems.errors)


def _check_columns(source: SourceSettings, problems: Problems) -> None:
    ours: dict[str, str] = {}
    for name, theirs in source.columns.items():
        if theirs in ours:
            text = f"source '{source.name}' maps '{theirs}' twice: to '{ours[theirs]}' and to '{name}'"
            place = _place(source, ("columns", name), of_key=False)
            problems.add("TP409", text, place, "one column of a file fills one column of the table")
        ours.setdefault(theirs, name)


def _check_absent(source: SourceSettings, ruleset: Ruleset, problems: Problems) -> None:
    """A row that lacks its key, its owner or its time counts nowhere."""
    table = ruleset.tables[source.table]
    for name, what in needed_columns(table, layout_of(ruleset, table.name).unique).items():
        if name in source.absent:
            text = f"source '{source.name}' has no column '{name}', which may not be blank: it {what}"
            place = _place(source, ("columns", name), of_key=False)
            problems.add("TP412", text, place, f'name the column of the file that holds it: {name} = "..."')


def _check_formats(source: SourceSettings, declared: Mapping[str, ValueType], problems: Problems) -> None:
    for name in source.formats:
        if declared[name] not in ("date", "timestamp"):
            text = f"source '{source.name}' has a format for '{name}', which is of type {declared[name]}"
            place = _place(source, ("formats", name), of_key=True)
            problems.add("TP411", text, place, "formats are for dates and timestamps")
    written_at: dict[str | None, Path] = {source.date_format: ("date_format",)}
    for name, each in source.formats.items():
        written_at.setdefault(each, ("formats", name))
    for written, path in written_at.items():
        try:
            Format(written).check()
        except ValueError as error:
            hint = "for example %d-%m-%Y, or %d-%m-%Y %H:%M for timestamps"
            text = f"source '{source.name}': '{written}' is no date format: {error}"
            problems.add("TP411", text, _place(source, path, of_key=False), hint)


def _check_options(source: SourceSettings, registry: Registry, problems: Problems) -> None:
    plugin = registry.sources.get(source.plugin)
    if plugin is None:
        if not registry.failed:
            text = f"source '{source.name}' asks for plugin '{source.plugin}', which no enabled plugin offers"
            place = source.places.get(("plugin",), (None, source.place))[1]
            problems.add("TP701", text, place, way_to_enable(source.plugin, registry))
        return
    beside = schema_of("project")["$defs"]["source"]["properties"]
    for misfit in misfits(source.options, plugin.schema, f"source '{source.name}'", tuple(beside)):
        problems.add("TP408", misfit.text, _place(source, misfit.path, of_key=misfit.of_key), misfit.hint)


def _place(source: SourceSettings, path: Path, *, of_key: bool) -> Place | None:
    """Where an option stands; of an entry of a list, where the list does."""
    for length in range(len(path), 0, -1):
        if found := source.places.get(tuple(map(str, path[:length]))):
            return found[0 if of_key else 1]
    return source.place
