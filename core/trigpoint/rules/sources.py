"""Sources of the project file: where the rows of each table come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, cast

from trigpoint.errors import Problems
from trigpoint.model.project import SourceSettings
from trigpoint.rules.draft import going_on
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.setting import Broken, Setting, plain, walk
from trigpoint.rules.shape import schema
from trigpoint.rules.wording import did_you_mean

Thousands = Literal[".", ",", " ", "'"] | None
_SECRETS = re.compile(r"passw|token|secret|api[_-]?key|authorization", re.IGNORECASE)
_ADDRESSES = re.compile(r"_(url|uri|path|param)$")  # where a secret is got, or how it is called: access_token_url
_URL_WITH_PASSWORD = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/\s:@]*:[^/\s@]+@")


def read_sources(reader: Reader) -> dict[str, SourceSettings]:
    """All sources by name; what is wrong with them is told."""
    sources: dict[str, SourceSettings] = {}
    for name, setting in reader.setting.table.items():
        with going_on():
            each = Reader(f"source '{name}'", setting, reader.problems)
            source = _source(name, each)
            other = next((known.name for known in sources.values() if known.table == source.table), None)
            if other is not None:
                text = f"sources '{other}' and '{name}' both fill table '{source.table}'"
                reader.problems.add("TP308", text, setting.key, 'one source can read several files: path = "*.csv"')
            sources[name] = source
    return sources


def _source(name: str, reader: Reader) -> SourceSettings:
    if isinstance(reader.setting.value, Broken):
        raise Unusable
    plugin = reader.need("plugin", 'write plugin = "files"').value
    options = {
        key: each
        for key, each in reader.setting.table.items()
        if key not in schema("project")["$defs"]["source"]["properties"]
    }
    for key, each in options.items():
        _check_secret(reader, key, each)
    return SourceSettings(
        name,
        reader.text("table") or name,
        str(plugin),
        options={key: plain(each) for key, each in options.items()},
        columns=_strings(reader, "columns"),
        date_format=reader.text("date_format"),
        formats=_strings(reader, "formats"),
        decimal=reader.word("decimal", "."),
        thousands=_thousands(reader),
        blank=_blank(reader),
        on_error=reader.word("on_error", "fail"),
        max_bad_rows=_max_bad_rows(reader),
        absent=frozenset(name for name, each in reader.entries("columns") if each.value is False),
        cursor=reader.text("cursor"),
        place=reader.setting.key,
        places={path: (each.key, each.place) for path, each in walk(reader.setting)},
    )


def _check_secret(reader: Reader, key: str, setting: Setting) -> None:
    """A secret in the project file would end up in git: it is named by where it is kept."""
    if isinstance(setting.value, dict) and {"env", "file"} & setting.value.keys():
        if len(setting.value) != 1 or not isinstance(next(iter(setting.value.values())).value, str):
            text = f'\'{key}\' must be {{ env = "NAME" }} or {{ file = "path" }}'
            reader.problems.add("TP306", text, setting.place)
    elif isinstance(setting.value, dict):
        for inner, each in setting.table.items():
            _check_secret(reader, inner, each)
    elif isinstance(setting.value, tuple):
        for each in setting.items:
            _check_secret(reader, key, each)
    elif isinstance(setting.value, str) and (_sounds_secret(key) or _URL_WITH_PASSWORD.match(setting.value)):
        hint = f'write {key} = {{ env = "NAME" }} or {key} = {{ file = "path" }}'
        reader.problems.add("TP306", f"'{key}' holds a secret in plain text", setting.place, hint)


def _sounds_secret(key: str) -> bool:
    return _SECRETS.search(key) is not None and _ADDRESSES.search(key) is None


def _strings(reader: Reader, key: str) -> Mapping[str, str]:
    return {name: each.value for name, each in reader.entries(key) if isinstance(each.value, str)}


def _thousands(reader: Reader) -> Thousands:
    found = reader.get("thousands")
    if found is None:
        return None
    if found.value == reader.word("decimal", "."):
        default = "" if reader.has("decimal") else ", without being set,"
        text = f"'thousands' is '{found.value}' and so is{default} 'decimal'"
        reader.refuse("TP108", text, found.place, 'for 1.500,75 write decimal = "," and thousands = "."')
    return cast(Thousands, found.value)


def _blank(reader: Reader) -> tuple[str, ...]:
    found = reader.get("blank")
    return () if found is None else tuple(str(each.value).strip() for each in found.items)


def _max_bad_rows(reader: Reader) -> float | int:
    found = reader.get("max_bad_rows")
    if found is None:
        return 0.01
    if isinstance(found.value, str):
        share = float(found.value.rstrip("% ")) / 100
        if share > 1:
            reader.refuse("TP108", "a share is at most 100%", found.place)
        return share
    return cast(int, found.value)


def check_sources(sources: Mapping[str, SourceSettings], written: Setting, rules: Setting, problems: Problems) -> None:
    """What sources say of tables and columns, against the rules that declare them. `written` is the project file."""
    known = rules.table.get("tables")
    if known is not None and isinstance(known.value, Broken):
        return
    tables = {} if known is None else known.table
    for name, source in sources.items():
        setting = written.table["sources"].table[name]
        if source.table not in tables:
            place = setting.table["table"].place if "table" in setting.table else setting.key
            text = f"source '{name}' fills table '{source.table}', which no rule file declares"
            problems.add("TP307", text, place, did_you_mean(source.table, tables))
            continue
        declared = tables[source.table].table.get("columns")
        for key in ("columns", "formats"):
            entries = setting.table[key].table if key in setting.table else {}
            for column, each in entries.items():
                if declared is not None and isinstance(declared.value, dict) and column not in declared.table:
                    text = f"table '{source.table}' has no column '{column}'"
                    problems.add("TP309", text, each.key, did_you_mean(column, declared.table))
