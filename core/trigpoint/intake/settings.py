"""Looks at the settings of sources before anything is read: what is wrong there is wrong whatever the data.

That tables and columns are declared was checked when the rules were read; here is what only plugins and types can tell.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from trigpoint.errors import ConfigError, Place, Problem, Problems, TrigpointError, UsageError
from trigpoint.intake.missing import needed_columns
from trigpoint.intake.moments import Format
from trigpoint.model.expression import ValueType
from trigpoint.model.project import Project, SourceSettings
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.plugin import Registry
from trigpoint.plugins import load_plugins
from trigpoint.rules.shape import schema as schema_of
from trigpoint.rules.wording import closest, kind_of, without_quotes
from trigpoint.warehouse.layout import layout_of

if TYPE_CHECKING:
    from jsonschema import ValidationError

Path = tuple[str | int, ...]
_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "left out",
}
_DEMANDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "multipleOf": "a multiple of",
    "const": "exactly",
}


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


def source_problems(project: Project, ruleset: Ruleset) -> tuple[Problem, ...]:
    """All that is wrong in the settings of all sources, or with the plugins that read them."""
    try:
        check_sources(project, ruleset, load_plugins(project))
    except TrigpointError as error:
        return error.problems
    return ()


def check_sources(project: Project, ruleset: Ruleset, registry: Registry) -> None:
    """Raises ConfigError with all that is wrong in the settings of all sources."""
    problems = Problems()
    for source in project.sources.values():
        _check_columns(source, problems)
        _check_absent(source, ruleset, problems)
        _check_formats(source, ruleset.tables[source.table].columns, problems)
        _check_options(source, registry, problems)
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
    import jsonschema  # it takes 50 ms to import

    plugin = registry.sources.get(source.plugin)
    if plugin is None:
        text = f"source '{source.name}' asks for plugin '{source.plugin}', which is not loaded"
        place = source.places.get(("plugin",), (None, source.place))[1]
        problems.add("TP408", text, place, f"loaded: {', '.join(sorted(registry.sources)) or 'none'}")
        return
    validator = jsonschema.Draft202012Validator(dict(plugin.schema))
    for error in sorted(validator.iter_errors(dict(source.options)), key=lambda error: error.json_path):
        for path, text, hint in _sentences(source, error):
            # A key that should not be there is told at the key, anything else at the value.
            of_key = error.validator == "additionalProperties"
            problems.add("TP408", text, _place(source, path, of_key=of_key), hint)


def _place(source: SourceSettings, path: Path, *, of_key: bool) -> Place | None:
    """Where an option stands; of an entry of a list, where the list does."""
    for length in range(len(path), 0, -1):
        if found := source.places.get(tuple(map(str, path[:length]))):
            return found[0 if of_key else 1]
    return source.place


def _sentences(source: SourceSettings, error: ValidationError) -> Iterator[tuple[Path, str, str | None]]:
    """What jsonschema found, as (path, sentence, hint)."""
    path, schema = tuple(error.absolute_path), cast(Mapping[str, Any], error.schema)
    known = schema.get("properties", {})
    match error.validator:
        case "additionalProperties" if isinstance(error.instance, Mapping):
            listed = f"options of '{source.plugin}': {', '.join(known) or 'none'}"
            for key in (key for key in error.instance if key not in known):
                names = (*known, *schema_of("project")["$defs"]["source"]["properties"]) if not path else known
                yield (*path, key), f"unknown key '{key}'", closest(key, names) or listed
        case "required" if isinstance(error.instance, Mapping):
            # The library tells each missing key by itself; its message begins with the key.
            key = next(each for each in schema["required"] if error.message.startswith(repr(each)))
            if not any(closest(key, [each]) for each in error.instance if each not in known):
                what = f"source '{source.name}'" if not path else f"'{path[-1]}' of source '{source.name}'"
                yield path, f"{what} has no '{key}'", known.get(key, {}).get("description")
        case _:
            what = f"'{path[-1]}'" if path else f"source '{source.name}'"
            yield path, f"{what} {_demand(error, schema)}", _way_out(error, schema)


def _demand(error: ValidationError, schema: Mapping[str, Any]) -> str:
    """What a value must be, and what it is."""
    value, wanted = error.instance, cast(Any, error.validator_value)
    shown = f"'{value}'" if isinstance(value, str) else json.dumps(value, default=str)
    match error.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"must be {' or '.join(_KINDS[kind] for kind in kinds)}, not {kind_of(value)}"
        case "enum":
            *others, last = (json.dumps(each) for each in wanted)
            return f"must be {' or '.join(filter(None, (', '.join(others), last)))}, not {shown}"
        case "minLength" | "maxLength" if schema.get("minLength") == schema.get("maxLength") == 1:
            return f"must be one character, not {shown}"
        case "minLength" if wanted == 1:
            return "must not be empty"
        case _ if error.validator in _DEMANDS:
            return f"must be {_DEMANDS[str(error.validator)]} {wanted}, not {shown}"
    return f"must be {schema['title']}, not {shown}" if "title" in schema else f"does not fit: {error.message}"


def _way_out(error: ValidationError, schema: Mapping[str, Any]) -> str | None:
    value, wanted = error.instance, cast(Any, error.validator_value)
    if error.validator == "enum":
        return closest(str(value), map(str, wanted))
    if error.validator == "type" and wanted in ("integer", "number") and without_quotes(value):
        return without_quotes(value)
    if error.validator == "type" and wanted == "string" and type(value) in (int, float):
        return f'write it in quotes: "{value}"'
    found = schema.get("description")
    return found if isinstance(found, str) else None
