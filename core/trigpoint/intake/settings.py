"""Looks at the settings of sources before anything is read: what is wrong there is wrong whatever the data."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from trigpoint.errors import ConfigError, Place, Problems, UsageError
from trigpoint.intake.moments import Format
from trigpoint.model.project import Project, SourceSettings
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.source import Registry


def chosen_sources(project: Project, names: Sequence[str]) -> tuple[SourceSettings, ...]:
    """The sources that are asked for, all without names. Raises UsageError (TP410) for one that is not there."""
    problems = Problems()
    for name in names:
        if name not in project.sources:
            close = difflib.get_close_matches(name, project.sources, 1)
            known = ", ".join(project.sources) or "none"
            hint = f"did you mean '{close[0]}'?" if close else f"the project's sources are: {known}"
            problems.add("TP410", f"there is no source '{name}'", Place(str(project.file)), hint)
    if problems.errors:
        raise UsageError(*problems.errors)
    return tuple(source for source in project.sources.values() if not names or source.name in names)


def check_sources(project: Project, ruleset: Ruleset, registry: Registry) -> None:
    """Raises ConfigError with all that is wrong in the settings of all sources."""
    problems = Problems()
    fills: dict[str, str] = {}
    for source in project.sources.values():
        if source.table not in ruleset.tables:
            close = difflib.get_close_matches(source.table, ruleset.tables, 1)
            hint = (
                f"did you mean '{close[0]}'?" if close else f'declare [tables.{source.table}], or write table = "..."'
            )
            problems.add(
                "TP409",
                f"source '{source.name}' fills table '{source.table}', which is not declared",
                source.place,
                hint,
            )
            continue
        if source.table in fills:
            text = f"sources '{fills[source.table]}' and '{source.name}' both fill table '{source.table}'"
            problems.add(
                "TP409",
                text,
                source.place,
                "each load replaces the whole table: use one source with a pattern of files",
            )
        fills[source.table] = source.name
        _check_columns(source, ruleset.tables[source.table].columns, problems)
        _check_formats(source, problems)
        _check_options(source, registry, problems)
    if problems.errors:
        raise ConfigError(*problems.errors)


def _check_columns(source: SourceSettings, declared: Mapping[str, str], problems: Problems) -> None:
    ours: dict[str, str] = {}
    for name, theirs in source.columns.items():
        if name not in declared:
            close = difflib.get_close_matches(name, declared, 1)
            hint = f"did you mean '{close[0]}'? " if close else "write ours = theirs; "
            text = f"source '{source.name}' maps a column '{name}', which table '{source.table}' does not declare"
            problems.add("TP409", text, source.place, f"{hint}it declares: {', '.join(declared)}")
        elif theirs in ours:
            text = f"source '{source.name}' maps '{theirs}' twice: to '{ours[theirs]}' and to '{name}'"
            problems.add("TP409", text, source.place, "one column of a file fills one column of the table")
        ours.setdefault(theirs, name)
    for name in source.formats:
        if name not in declared:
            problems.add("TP409", f"source '{source.name}' has a format for '{name}', which is no column", source.place)
        elif declared[name] not in ("date", "timestamp"):
            text = f"source '{source.name}' has a format for '{name}', which is of type {declared[name]}"
            problems.add("TP409", text, source.place, "formats are for dates and timestamps")


def _check_formats(source: SourceSettings, problems: Problems) -> None:
    for text in dict.fromkeys((source.date_format, *source.formats.values())):
        try:
            Format(text).check()
        except ValueError as error:
            hint = "for example %d-%m-%Y, or %d-%m-%Y %H:%M for timestamps"
            problems.add("TP411", f"source '{source.name}': '{text}' is no date format: {error}", source.place, hint)


def _check_options(source: SourceSettings, registry: Registry, problems: Problems) -> None:
    import jsonschema  # takes 50 ms to import

    plugin = registry.sources.get(source.plugin)
    if plugin is None:
        text = f"source '{source.name}' asks for plugin '{source.plugin}', which is not loaded"
        problems.add("TP408", text, source.place, f"loaded: {', '.join(sorted(registry.sources)) or 'none'}")
        return
    validator = jsonschema.Draft202012Validator(dict(plugin.schema))
    for error in sorted(validator.iter_errors(dict(source.options)), key=lambda error: error.json_path):
        where = ".".join(str(step) for step in error.absolute_path)
        properties = plugin.schema.get("properties")
        known = ", ".join(properties) if isinstance(properties, Mapping) else ""
        text = f"source '{source.name}': {f'{where}: ' if where else ''}{error.message}"
        problems.add("TP408", text, source.place, f"options of '{source.plugin}': {known}" if known else None)
