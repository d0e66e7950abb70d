"""The shape of rule files and project files, by their JSON Schemas.

The keywords those two schemas use are checked here, over settings that know their places: a general validator costs
0.13 s to import, and its words ("is not valid under any of the given schemas") would have to be guessed back into
sentences. That both accept and refuse the same files is tested.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from trigpoint.errors import Place, Problems
from trigpoint.resources import bundled
from trigpoint.rules.setting import Broken, Setting
from trigpoint.rules.wording import closest, did_you_mean

Schema = Mapping[str, Any]
NAME_RULE = "names are made of a-z, 0-9 and _, begin with a letter, hold no '__' and have at most 60 characters"
ENTRY = "an entry of "
_KINDS: tuple[tuple[type | tuple[type, ...], str, str], ...] = (
    (bool, "boolean", "true or false"),
    (int, "integer", "a number"),
    (float, "number", "a number"),
    (str, "string", "text"),
    ((dt.date, dt.time), "date", "a date"),
    (tuple, "array", "a list"),
    (dict, "object", "a table"),
)


@cache
def schema(name: str) -> Schema:
    """A bundled JSON Schema: `rules` or `project`."""
    loaded: Schema = json.loads((bundled("schemas") / f"{name}.schema.json").read_text(encoding="utf-8"))
    return loaded


def fit(setting: Setting, name: str, problems: Problems) -> Setting:
    """The setting with all that does not fit the schema `name` reported, and broken or left out."""
    root = schema(name)
    return _Shape(root["$defs"], problems).fit(root, setting, "the file")


def label(name: str) -> str:
    """A name in quotes; what stands in a list is an entry of it."""
    return f"an entry of '{name.removeprefix(ENTRY)}'" if name.startswith(ENTRY) else f"'{name}'"


def _kind(value: object) -> tuple[str, str]:
    """A value's type in JSON's words, and in people's."""
    return next((kind, words) for types, kind, words in _KINDS if isinstance(value, types))


class _Shape:
    def __init__(self, definitions: Mapping[str, Schema], problems: Problems) -> None:
        self.definitions = definitions
        self.problems = problems

    def resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        return schema

    def branches(self, schema: Schema) -> list[Schema]:
        """What a value may be, `anyOf` within `anyOf` laid flat."""
        schema = self.resolve(schema)
        if "anyOf" not in schema:
            return [schema]
        return [each for branch in schema["anyOf"] for each in self.branches(branch)]

    def refuse(self, code: str, text: str, setting: Setting, place: Place, hint: str | None = None) -> Setting:
        self.problems.add(code, text, place, hint)
        return _broken(setting)

    def fit(self, schema: Schema, setting: Setting, name: str) -> Setting:
        if isinstance(setting.value, Broken):
            return setting
        branches = self.branches(schema)
        kind, words = _kind(setting.value)
        fitting = [each for each in branches if _admits(each, kind, setting.value)]
        if not fitting:
            text = f"{label(name)} must be {self.wanted(branches)}, not {words}"
            return self.refuse("TP106", text, setting, setting.place)
        later = next((each for each in fitting if each.get("not") == {}), None)
        if later is not None:
            what = "" if later["title"] == name else f" ({later['title']})"
            text = f"'{name}'{what} is not supported yet"
            return self.refuse("TP190", text, setting, setting.key)
        if kind == "object":
            return self.table(fitting[0], setting)
        return self.items(fitting[0], setting, name) if kind == "array" else self.scalar(fitting, setting, name)

    def wanted(self, branches: Sequence[Schema]) -> str:
        possible = [each for each in branches if each.get("const") is not False and each.get("not") != {}]
        titles = list(dict.fromkeys(title for each in possible for title in _titles(each)))
        return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} or {titles[-1]}"

    def table(self, schema: Schema, setting: Setting) -> Setting:
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        entries: dict[str, Setting] = {}
        replaces = False
        for key, each in setting.table.items():
            if key in properties:
                if key == "replace" and each.value is True:
                    replaces = True
                else:
                    entries[key] = self.fit(properties[key], each, key)
            elif others is False:
                self.problems.add("TP105", f"unknown key '{key}'", each.key, did_you_mean(key, properties))
            elif others is True:
                entries[key] = each
            else:
                entries[key] = self.fit(others, each, key) if self.named(schema, key, each) else _broken(each)
        unknown = [key for key in setting.table if key not in properties]
        for key in schema.get("required", ()):
            if key not in setting.table and not closest(key, unknown):  # a misspelt key was told as such
                hint = f"write {key} = {json.dumps(properties[key]['examples'][0])}"
                self.problems.add("TP107", f"'{key}' is missing", setting.place, hint)
        return Setting(entries, setting.place, setting.key, replaces=replaces)

    def named(self, schema: Schema, key: str, setting: Setting) -> bool:
        rule = self.resolve(schema["propertyNames"]) if "propertyNames" in schema else {}
        if _is_name(rule, key):
            return True
        self.problems.add("TP109", f"'{key}' is no name", setting.key, NAME_RULE)
        return False

    def items(self, schema: Schema, setting: Setting, name: str) -> Setting:
        items = setting.items
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(items))
        if not least <= len(items) <= most:
            has = {0: "no entries", 1: "one entry"}.get(len(items), f"{len(items)} entries")
            text = f"{label(name)} must be {schema['title']}: it has {has}"
            return self.refuse("TP108", text, setting, setting.place)
        first: Sequence[Schema] = schema.get("prefixItems", ())
        rules = [*first[: len(items)], *(schema["items"] for _ in items[len(first) :])]
        fitted = tuple(
            self.fit(rule, each, f"{ENTRY}{name.removeprefix(ENTRY)}") for rule, each in zip(rules, items, strict=True)
        )
        for number, each in enumerate(items if schema.get("uniqueItems") else ()):
            if each.value in [item.value for item in items[:number]]:
                self.problems.add("TP108", f"'{each.value}' is twice in '{name}'", each.place, "keep one of them")
        if any(isinstance(each.value, Broken) for each in fitted):
            return _broken(setting)
        return Setting(fitted, setting.place, setting.key)

    def scalar(self, branches: Sequence[Schema], setting: Setting, name: str) -> Setting:
        if any(_holds(each, setting.value) for each in branches):
            return setting
        shown = f"'{setting.value}'" if isinstance(setting.value, str) else str(setting.value)
        if words := _words(branches):
            text = f"{label(name)} must be {self.wanted(branches)}, not {shown}"
            return self.refuse("TP108", text, setting, setting.place, closest(str(setting.value), words))
        if any(each["title"] == "a name" for each in branches):
            return self.refuse("TP109", f"{shown} is no name", setting, setting.place, NAME_RULE)
        return self.refuse(
            "TP108", f"{label(name)} must be {self.wanted(branches)}, not {shown}", setting, setting.place
        )


def _broken(setting: Setting) -> Setting:
    return Setting(Broken(), setting.place, setting.key)


def _titles(schema: Schema) -> list[str]:
    """What a schema asks for, in words; the words themselves where they are few."""
    words = schema.get("enum", ())
    return [f'"{word}"' for word in words] if 0 < len(words) <= 8 else [schema["title"]]


def _words(branches: Sequence[Schema]) -> list[str]:
    """The words a text may be one of; none if another text is allowed too."""
    if any("enum" not in each and not isinstance(each.get("const"), str | bool) for each in branches):
        return []
    words = [word for each in branches for word in each.get("enum", ())]
    return words + [each["const"] for each in branches if isinstance(each.get("const"), str)]


def _admits(schema: Schema, kind: str, value: object) -> bool:
    """Whether a value of this type may come here at all."""
    if "const" in schema:
        return type(schema["const"]) is type(value) and (schema["const"] == value or isinstance(value, str))
    wanted = "string" if "enum" in schema else schema.get("type")
    if kind == "date":
        return schema.get("format") == "date" and type(value) is dt.date
    return wanted is None or wanted == kind or (wanted == "number" and kind == "integer")


def _holds(schema: Schema, value: object) -> bool:
    """Whether a scalar of the right type keeps the limits of a schema."""
    if "const" in schema:
        return bool(schema["const"] == value)
    if "enum" in schema:
        return value in schema["enum"]
    if isinstance(value, str):
        return _is_name(schema, value) and len(value) >= schema.get("minLength", 0)
    if isinstance(value, int | float):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True


def _is_name(rule: Schema, text: str) -> bool:
    return len(text) <= rule.get("maxLength", len(text)) and re.search(rule.get("pattern", ""), text) is not None
