"""The shape of rule files and project files, by their JSON Schemas.

The library jsonschema finds what does not fit. What is ours: its errors as sentences with a place and a hint, and
broken settings in the stead of wrong ones, so that later stages can go on and tell more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from attrs import evolve, frozen

from trigpoint.errors import Problems
from trigpoint.resources import bundled
from trigpoint.rules.setting import Broken, Setting
from trigpoint.rules.wording import closest, did_you_mean, kind_of, without_quotes

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

Schema = Mapping[str, Any]
Path = tuple[str | int, ...]
NAME_RULE = "names are made of a-z, 0-9 and _, begin with a letter, hold no '__' and have at most 60 characters"
_TYPES = {  # what other languages call the types of columns
    **dict.fromkeys(("string", "str", "varchar", "char"), "text"),
    **dict.fromkeys(("float", "double", "decimal", "numeric", "real", "money"), "number"),
    **dict.fromkeys(("int", "bigint", "long"), "integer"),
    **dict.fromkeys(("datetime", "time", "moment"), "timestamp"),
}
MAX_TOLD = 1000  # of one file: with more it is another kind of file, and hints would take minutes


@cache
def schema(name: str) -> Schema:
    """A bundled JSON Schema: `rules` or `project`."""
    loaded: Schema = json.loads((bundled("schemas") / f"{name}.schema.json").read_text(encoding="utf-8"))
    return loaded


def fit(setting: Setting, name: str, problems: Problems) -> Setting:
    """The setting with all that does not fit the schema `name` reported, and broken."""
    faults: dict[Path, _Fault] = {}  # the first of each value
    errors = _validator(name).iter_errors(_bare(setting))
    for fault in (fault for error in errors for fault in _faults(error)):
        faults.setdefault(fault.path, fault)
        if len(faults) == MAX_TOLD:
            break
    for path, fault in faults.items():
        found = _at(setting, path)
        problems.add(fault.code, fault.text, found.key if fault.of_key else found.place, fault.hint)
    broken = faults.keys() if len(faults) < MAX_TOLD else {(key,) for key in setting.table}
    return _marked(setting, (), broken)


@frozen
class _Fault:
    """What is wrong at a path: with the value, or with its key."""

    path: Path
    code: str
    text: str
    hint: str | None = None
    of_key: bool = False


@cache
def _validator(name: str) -> Validator:
    from trigpoint.rules.validator import validator_of  # jsonschema takes 80 ms to import

    return validator_of(schema(name))


def _bare(setting: Setting) -> Any:
    """The value without places, as the library takes it."""
    match setting.value:
        case dict() as table:
            return {name: _bare(each) for name, each in table.items()}
        case tuple() as items:
            return [_bare(each) for each in items]
        case value:
            return value


def _faults(error: ValidationError) -> Iterator[_Fault]:
    """What an error comes down to; nothing for a value that was reported when the file was read."""
    path, value, schema = tuple(error.path), cast(Any, error.instance), cast(Schema, error.schema)
    if isinstance(value, Broken):
        return
    match error.validator:
        case "additionalProperties":
            for key in _unknown(value, schema):
                hint = did_you_mean(key, schema["properties"])
                yield _Fault((*path, key), "TP105", f"unknown key '{key}'", hint, of_key=True)
        case "required":
            for key in schema["required"]:
                if key not in value and not closest(key, _unknown(value, schema)):  # a misspelt key is told as such
                    hint = f"write {key} = {json.dumps(schema['properties'][key]['examples'][0])}"
                    yield _Fault((*path, key), "TP107", f"'{key}' is missing", hint)
        case "not":
            what = "" if schema["title"] == path[-1] else f" ({schema['title']})"
            yield _Fault(path, "TP190", f"'{path[-1]}'{what} is not supported yet", _needed(path, value), of_key=True)
        case "pattern" | "maxLength" if schema.get("title") == "a name":
            of_key = "propertyNames" in error.schema_path
            yield _Fault((*path, value) if of_key else path, "TP109", f"'{value}' is no name", NAME_RULE, of_key)
        case "uniqueItems":
            yield _Fault(path, "TP108", f"'{value}' is twice in {_label(path[:-1])}", "keep one of them")
        case _:
            yield _wrong(path, value, schema.get("anyOf", [schema]), of_its_kind=error.validator != "type")


def _needed(path: Path, value: object) -> str | None:
    """The plugin that a plugin metric waits for."""
    if path[-1] != "plugin" or not isinstance(value, str):
        return None
    return f"{path[-2]} needs the plugin '{value.partition('.')[0]}': leave it out for now, or the file it stands in"


def _unknown(table: Mapping[str, object], schema: Schema) -> list[str]:
    return [key for key in table if key not in schema["properties"]]


def _wrong(path: Path, value: object, wanted: Sequence[Schema], of_its_kind: bool) -> _Fault:
    """The fault of a value that should have kept one of the schemas `wanted`."""
    titles = list(dict.fromkeys(title for each in wanted if "not" not in each for title in _titles(each)))
    text = f"{_label(path)} must be {' or '.join(filter(None, (', '.join(titles[:-1]), titles[-1])))}"
    if not of_its_kind:
        numbers = any(each.get("type") in ("integer", "number") for each in wanted)
        hint = without_quotes(value) if numbers else None
        return _Fault(path, "TP106", f"{text}, not {kind_of(value)}", hint)
    if isinstance(value, list):
        has = {0: "no entries", 1: "one entry"}.get(len(value), f"{len(value)} entries")
        return _Fault(path, "TP108", f"{text}: it has {has}")
    shown = f"'{value}'" if isinstance(value, str) else str(value).lower()
    words = [word for each in wanted for word in each.get("enum", ())]
    meant = _TYPES.get(str(value).lower()) if "timestamp" in words else None
    hint = f'write "{meant}"' if meant else closest(str(value), words)
    return _Fault(path, "TP108", f"{text}, not {shown}", hint)


def _titles(schema: Schema) -> list[str]:
    """What a schema asks for, in words; `false`, which may stand nearly everywhere, has none."""
    return [schema["title"]] if "title" in schema else [f'"{word}"' for word in schema.get("enum", ())]


def _label(path: Path) -> str:
    """The name at a path in quotes; what stands in a list is an entry of it."""
    name = next(step for step in reversed(path) if isinstance(step, str))
    return f"'{name}'" if name == path[-1] else f"an entry of '{name}'"


def _at(setting: Setting, path: Path) -> Setting:
    """The setting at a path; where a key is missing, its owner."""
    for step in path:
        setting = setting.table.get(step, setting) if isinstance(step, str) else setting.items[step]
    return setting


def _marked(setting: Setting, path: Path, broken: Collection[Path]) -> Setting:
    """The setting with what was reported broken; a list is, if one of its entries is."""
    if path in broken:
        return evolve(setting, value=Broken())
    if isinstance(setting.value, tuple):
        items = tuple(_marked(each, (*path, number), broken) for number, each in enumerate(setting.items))
        return evolve(setting, value=Broken() if any(isinstance(each.value, Broken) for each in items) else items)
    if isinstance(setting.value, dict):
        return evolve(setting, value={key: _marked(each, (*path, key), broken) for key, each in setting.table.items()})
    return setting
