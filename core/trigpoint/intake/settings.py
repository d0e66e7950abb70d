"""Looks at the settings of sources before anything is read: what is wrong there is wrong whatever the data.

That tables and columns are declared was checked when the rules were read; here is what only plugins and types can tell.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from trigpoint.errors import ConfigError, Place, Problems, UsageError
from trigpoint.intake.moments import Format
from trigpoint.model.expression import ValueType
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
            problems.add("TP410", f"there is no source '{name}'", Place(project.file.name), hint)
    if problems.errors:
        raise UsageError(*problems.errors)
    return tuple(source for source in project.sources.values() if not names or source.name in names)


def check_sources(project: Project, ruleset: Ruleset, registry: Registry) -> None:
    """Raises ConfigError with all that is wrong in the settings of all sources."""
    problems = Problems()
    for source in project.sources.values():
        _check_columns(source, problems)
        _check_formats(source, ruleset.tables[source.table].columns, problems)
        _check_options(source, registry, problems)
    if problems.errors:
        raise ConfigError(*problems.errors)


def _check_columns(source: SourceSettings, problems: Problems) -> None:
    ours: dict[str, str] = {}
    for name, theirs in source.columns.items():
        if theirs in ours:
            text = f"source '{source.name}' maps '{theirs}' twice: to '{ours[theirs]}' and to '{name}'"
            problems.add("TP409", text, source.place, "one column of a file fills one column of the table")
        ours.setdefault(theirs, name)


def _check_formats(source: SourceSettings, declared: Mapping[str, ValueType], problems: Problems) -> None:
    for name in source.formats:
        if declared[name] not in ("date", "timestamp"):
            text = f"source '{source.name}' has a format for '{name}', which is of type {declared[name]}"
            problems.add("TP411", text, source.place, "formats are for dates and timestamps")
    for written in dict.fromkeys((source.date_format, *source.formats.values())):
        try:
            Format(written).check()
        except ValueError as error:
            hint = "for example %d-%m-%Y, or %d-%m-%Y %H:%M for timestamps"
            problems.add("TP411", f"source '{source.name}': '{written}' is no date format: {error}", source.place, hint)


def _check_options(source: SourceSettings, registry: Registry, problems: Problems) -> None:
    import jsonschema  # it takes 50 ms to import

    plugin = registry.sources.get(source.plugin)
    if plugin is None:
        text = f"source '{source.name}' asks for plugin '{source.plugin}', which is not loaded"
        problems.add("TP408", text, source.place, f"loaded: {', '.join(sorted(registry.sources)) or 'none'}")
        return
    properties = plugin.schema.get("properties")
    known = ", ".join(properties) if isinstance(properties, Mapping) else ""
    validator = jsonschema.Draft202012Validator(dict(plugin.schema))
    for error in sorted(validator.iter_errors(dict(source.options)), key=lambda error: error.json_path):
        where = ".".join(str(step) for step in error.absolute_path)
        text = f"source '{source.name}': {f'{where}: ' if where else ''}{error.message}"
        problems.add("TP408", text, source.place, f"options of '{source.plugin}': {known}" if known else None)
