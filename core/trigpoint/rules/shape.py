"""The shape of rule files and project files, by their JSON Schemas.

The library jsonschema judges. What is ours: its errors in sentences with a place, of what a value may be only the
kind that was meant, and broken settings for later stages to pass over, so that they can go on and tell more.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from trigpoint.errors import Problems
from trigpoint.resources import bundled
from trigpoint.rules.setting import Broken, Setting
from trigpoint.rules.wording import closest, did_you_mean

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

Schema = Mapping[str, Any]
Path = tuple[str | int, ...]
NAME_RULE = "names are made of a-z, 0-9 and _, begin with a letter, hold no '__' and have at most 60 characters"
MAX_TOLD = 1000  # of one file: with more it is another kind of file, and hints would take minutes
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    ((int, float), "a number"),
    (str, "text"),
    ((dt.date, dt.time), "a date"),
    (list, "a list"),
    (dict, "a table"),
)


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
    """The judge. Here a date is a type, 3.0 is no whole number, and what is twice in a list is told one by one."""
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    general = Draft202012Validator.VALIDATORS["type"]

    def kind(validator: Any, wanted: Any, value: object, schema: Schema) -> Iterator[ValidationError]:
        if type(value) is not dt.date or schema.get("format") != "date":
            yield from general(validator, wanted, value, schema)

    def unique(_validator: Any, _wanted: Any, value: object, _schema: Schema) -> Iterator[ValidationError]:
        # The library compares each with each where a list cannot be sorted: minutes for a long one.
        seen: set[object] = set()
        for number, each in enumerate(value if isinstance(value, list) else ()):
            if isinstance(each, str) and each in seen:
                yield ValidationError("twice", path=[number], instance=each)
            seen.add(each if isinstance(each, str) else None)

    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    judge = extend(Draft202012Validator, {"type": kind, "uniqueItems": unique}, type_checker=types)
    validator: Validator = judge(schema(name))
    return validator


def _bare(setting: Setting) -> object:
    """The value without places, as the judge takes it."""
    match setting.value:
        case dict() as table:
            return {name: _bare(each) for name, each in table.items()}
        case tuple() as items:
            return [_bare(each) for each in items]
        case value:
            return value


def _faults(error: ValidationError) -> Iterator[_Fault]:
    """What an error comes down to; nothing for a value that was reported when the file was read."""
    path, value, schema = tuple(error.absolute_path), error.instance, error.schema
    if isinstance(value, Broken):
        return
    match error.validator:
        case "anyOf":
            yield from _of_any(error)
        case "additionalProperties":
            for key in value.keys() - schema["properties"].keys():
                hint = did_you_mean(key, schema["properties"])
                yield _Fault((*path, key), "TP105", f"unknown key '{key}'", hint, of_key=True)
        case "required":
            unknown = value.keys() - schema["properties"].keys()
            for key in error.validator_value:
                if key not in value and not closest(key, unknown):  # a misspelt key is told as such
                    hint = f"write {key} = {json.dumps(schema['properties'][key]['examples'][0])}"
                    yield _Fault((*path, key), "TP107", f"'{key}' is missing", hint)
        case "not":
            what = "" if schema["title"] == path[-1] else f" ({schema['title']})"
            yield _Fault(path, "TP190", f"'{path[-1]}'{what} is not supported yet", of_key=True)
        case "pattern" | "maxLength" if schema["title"] == "a name":
            of_key = "propertyNames" in error.relative_schema_path
            yield _Fault((*path, value) if of_key else path, "TP109", f"'{value}' is no name", NAME_RULE, of_key)
        case "uniqueItems":
            yield _Fault(path, "TP108", f"'{value}' is twice in {_label(path[:-1])}", "keep one of them")
        case _:
            yield _wrong(error, [schema])


def _of_any(error: ValidationError) -> Iterator[_Fault]:
    """The faults of a value that may be one of several things: those of the kind that it is."""
    branches: dict[str | int, list[ValidationError]] = defaultdict(list)
    for each in error.context:
        branches[each.relative_schema_path[0]].append(each)
    meant = [branch for branch in branches.values() if not any(_of_another_kind(each) for each in branch)]
    if len(meant) == 1:
        for each in meant[0]:
            yield from _faults(each)
    else:
        chosen = meant or list(branches.values())
        yield _wrong(chosen[0][0], [branch[0].schema for branch in chosen])


def _of_another_kind(error: ValidationError) -> bool:
    return not error.relative_path and error.validator in ("type", "const")


def _wrong(error: ValidationError, wanted: Sequence[Schema]) -> _Fault:
    """The fault of a value, which should have kept one of the schemas `wanted`."""
    path, value = tuple(error.absolute_path), error.instance
    titles = list(dict.fromkeys(title for each in wanted if "not" not in each for title in _titles(each)))
    text = f"{_label(path)} must be {' or '.join(filter(None, (', '.join(titles[:-1]), titles[-1])))}"
    if error.validator == "type":
        kind = next(words for types, words in _KINDS if isinstance(value, types))
        return _Fault(path, "TP106", f"{text}, not {kind}")
    if isinstance(value, list):
        has = {0: "no entries", 1: "one entry"}.get(len(value), f"{len(value)} entries")
        return _Fault(path, "TP108", f"{text}: it has {has}")
    shown = f"'{value}'" if isinstance(value, str) else str(value).lower()
    words = [word for each in wanted for word in each.get("enum", ())]
    return _Fault(path, "TP108", f"{text}, not {shown}", closest(str(value), words))


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
