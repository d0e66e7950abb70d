"""The project file: where the rules, the facts and the judgements are, and in which zone days begin."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal, cast

from attrs import frozen

from trigpoint.errors import ConfigError, Place, Problems
from trigpoint.model.project import Project
from trigpoint.model.ruleset import Calendar
from trigpoint.rules.draft import going_on
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.setting import Broken, Setting
from trigpoint.rules.shape import fit, schema
from trigpoint.rules.sources import read_sources
from trigpoint.rules.toml_file import read_file
from trigpoint.rules.wording import did_you_mean, in_order_of_place

FILE = "trigpoint.toml"
FORMAT = 1
AsOfSetting = Literal["yesterday", "today"] | dt.date


@frozen
class ProjectFile:
    """A project and the places of its settings."""

    project: Project
    settings: Setting

    @property
    def rule_places(self) -> tuple[Place, ...]:
        """Where each layer is named."""
        return tuple(each.place for each in self.settings.table["rules"].items)


def load_project(root: Path) -> Project:
    """The project of a folder. Raises ConfigError with all that is wrong with its `trigpoint.toml`."""
    problems = Problems()
    found = read_project(root, problems)
    if found is None or problems.errors:
        raise ConfigError(*in_order_of_place(problems))
    return found.project


def read_project(root: Path, problems: Problems) -> ProjectFile | None:
    """The project file of a folder; None if there is none to speak of. All that is wrong goes to `problems`."""
    root = root.absolute()
    if not (root / FILE).is_file():
        text = f"there is no {FILE} in {root}"
        problems.add("TP301", text, None, "make a project with `trigpoint init`, or name its folder with --project")
        return None
    written = read_file(root / FILE, FILE, problems)
    if written is None:
        return None
    settings = fit(written, "project", problems)
    return _project(root, Reader("the project", settings, problems))


def _project(root: Path, reader: Reader) -> ProjectFile | None:
    _check_format(reader)
    calendar, as_of = Calendar(), cast(AsOfSetting, "yesterday")
    with going_on():
        calendar = Calendar(_timezone(reader), _year_start(reader))
    with going_on():
        as_of = _as_of(reader)
    warehouse, store, plugins = (_table(reader, key) for key in ("warehouse", "store", "plugins"))
    if (kind := warehouse.setting.table.get("kind")) is not None and kind.value in ("duckdb", "spark"):
        reader.problems.add("TP190", f"the warehouse '{kind.value}' is not supported yet", kind.place)
    data, results = _path(root, warehouse, "data.db"), _path(root, store, "trigpoint.db")
    if data == results:
        text = f"warehouse and store are the same file, {data.name}"
        reader.problems.add("TP305", text, store.place("path"), "give them a file each")
    rules = reader.setting.table.get("rules")
    if rules is None or isinstance(rules.value, Broken):
        return None
    project = Project(
        root,
        calendar,
        rules=tuple(str(each.value) for each in rules.items),
        as_of=as_of,
        warehouse_path=data,
        store_path=results,
        keep=_keep(store),
        plugins=_texts(plugins, "enabled"),
        local_plugins=_texts(plugins, "local"),
        worker_seconds=float(_number(_table(plugins, "worker"), "seconds", 60)),
        worker_megabytes=int(_number(_table(plugins, "worker"), "megabytes", 2048)),
        sources=read_sources(_table(reader, "sources")),
    )
    return ProjectFile(project, reader.setting)


def _check_format(reader: Reader) -> None:
    found = reader.setting.table.get("format")
    if found is not None and isinstance(found.value, int) and found.value != FORMAT:
        newer = "a newer version of trigpoint" if found.value > FORMAT else "another program"
        reader.problems.add("TP302", f"format {found.value} is not known", found.place, f"it was made by {newer}")


def _timezone(reader: Reader) -> str:
    from zoneinfo import ZoneInfo, available_timezones

    name = reader.text("timezone")
    if name is None:
        raise Unusable  # told by the schema
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        hint = did_you_mean(name, available_timezones()) or "such as Europe/Berlin, America/New_York or UTC"
        reader.refuse("TP303", f"there is no time zone '{name}'", reader.place("timezone"), hint)
    return name


def _year_start(reader: Reader) -> int:
    months = schema("project")["properties"]["year_starts"]["enum"]
    return int(months.index(reader.word("year_starts", "january"))) + 1


def _as_of(reader: Reader) -> AsOfSetting:
    found = reader.get("as_of")
    if found is None or found.value in ("yesterday", "today"):
        return "today" if found is not None and found.value == "today" else "yesterday"
    return cast(dt.date, reader.day("as_of"))


def _table(reader: Reader, key: str) -> Reader:
    """The settings under a key; an empty table if there are none, or they were refused."""
    found = reader.setting.table.get(key)
    return Reader(key, found or Setting({}, reader.setting.place, reader.setting.key), reader.problems)


def _path(root: Path, reader: Reader, default: str) -> Path:
    found = reader.setting.table.get("path")
    return root / (found.value if found is not None and isinstance(found.value, str) else default)


def _number(reader: Reader, key: str, default: float) -> float:
    found = reader.setting.table.get(key)
    return found.value if found is not None and isinstance(found.value, int | float) else default


def _keep(reader: Reader) -> dict[str, str]:
    keep: dict[str, str] = {}
    with going_on():
        inner = _table(reader, "keep")
        for key in inner.setting.table:
            keep[key] = str(inner.length(key))
    return keep


def _texts(reader: Reader, key: str) -> tuple[str, ...]:
    found = reader.setting.table.get(key)
    return () if found is None else tuple(str(each.value) for each in found.items)
