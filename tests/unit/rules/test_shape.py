"""The shape of rule files: what our translation of the JSON Schemas' errors adds, and that editors agree with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.rule_cases import CASES, Case, cases
from trigpoint.errors import Problems
from trigpoint.rules.setting import Broken, Setting, plain
from trigpoint.rules.shape import MAX_TOLD, fit, schema
from trigpoint.rules.toml_file import read_text

SHAPE = {"TP105", "TP106", "TP107", "TP108", "TP109", "TP190"}


def fitted(text: str) -> tuple[Setting, list[str]]:
    """A rule file after the check of its shape, and the problems."""
    problems = Problems()
    setting = read_text(text.encode(), "rules.toml", problems)
    assert setting is not None
    return fit(setting, "rules", problems), [str(each).removeprefix("rules.toml:") for each in problems.found]


def files() -> list[tuple[str, str, str]]:
    """Every file of every case: its name, which schema it follows, its text."""
    base = (CASES / "base.toml").read_text(encoding="utf-8")
    found = [("base.toml", "rules", base)]
    for case in cases():
        for name, text in case.files.items():
            found.append((f"{case.home} {name}", "project" if name == "trigpoint.toml" else "rules", text))
    return found


@pytest.mark.parametrize(("name", "kind", "text"), files())
def test_editors_agree(name: str, kind: str, text: str) -> None:
    """What is refused here is underlined in an editor, which has the same schemas but not our keywords, and no other."""
    problems = Problems()
    setting = read_text(text.encode(), name, problems)
    if setting is None or problems.found:
        pytest.skip("no TOML: there is nothing to judge")
    fit(setting, kind, problems)
    editor = Draft202012Validator(schema(kind))  # type: ignore[arg-type]  # a mapping
    assert editor.is_valid(plain(setting)) == (not problems.found)
    assert {problem.code for problem in problems.found} <= SHAPE


def schemas_in(node: Any) -> Iterator[Any]:
    """Every table of a schema."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from schemas_in(each)


@pytest.mark.parametrize("kind", ["rules", "project"])
def test_schemas_are_schemas(kind: str) -> None:
    """The bundled schemas are valid draft 2020-12, and what an `anyOf` offers can be told apart by its type."""
    Draft202012Validator.check_schema(schema(kind))  # type: ignore[arg-type]  # a mapping
    definitions = schema(kind)["$defs"]
    for each in schemas_in(schema(kind)):
        for branch in each["anyOf"] if isinstance(each.get("anyOf"), list) else ():
            target = definitions[branch["$ref"].rpartition("/")[2]] if "$ref" in branch else branch
            assert "type" in target or target["const"] is False, branch


@pytest.mark.parametrize("kind", ["rules", "project"])
def test_every_key_is_described(kind: str) -> None:
    """Editors show a description for every key."""
    for owner in (schema(kind), *schema(kind)["$defs"].values()):
        for key, each in owner.get("properties", {}).items():
            assert key == "replace" or each.get("description"), f"{owner.get('title')}: {key}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[tables.t]\nsince = 2025-07-01\n", []),
        (
            "[tables.t]\nsince = 2025-07-01T00:00:00\n",
            ["2:9: TP106 'since' must be a date such as 2025-07-01, not a date"],
        ),
        ("[scorecards.c]\nhold = inf\n", []),
        ("[scorecards.c.measures.m]\npeers = 3.0\n", ["2:9: TP106 'peers' must be a whole number, not a number"]),
        ("[metrics.m]\nreplace = false\n", ["2:11: TP108 'replace' must be true, not false"]),
        ("[metrics.m]\nempty = 'none'\n", ["2:9: TP108 'empty' must be \"no data\", not 'none'"]),
    ],
)
def test_values_of_toml(text: str, told: list[str]) -> None:
    """Dates, infinity and whole numbers are TOML's, not JSON's."""
    assert fitted(text)[1] == told


def test_what_is_wrong_is_broken() -> None:
    """A wrong value, a list with a wrong entry and an unknown key are broken; what stands beside them stays."""
    setting, problems = fitted("[scorecards.c.measures.m]\nweight = 'x'\ncurve = [[0, true]]\nwat = 1\nrank = 'csm'\n")
    entries = setting.table["scorecards"].table["c"].table["measures"].table["m"].table
    assert [key for key, each in entries.items() if isinstance(each.value, Broken)] == ["weight", "curve", "wat"]
    assert (entries["rank"].value, len(problems)) == ("csm", 3)


@pytest.mark.parametrize(
    "entry", ["{n},'{n}'", "true", "'a'", "[{n}]"], ids=["cannot be sorted", "wrong type", "the same", "lists"]
)
def test_a_large_wrong_file_is_told_soon(entry: str) -> None:
    """A list of 100,000 wrong entries is refused within seconds, and not with 100,000 lines."""
    items = tuple(entry.format(n=number) for number in range(100_000))
    text = f"[metrics.m]\nsubject = [{', '.join(items)}]\n"
    problems = Problems()
    setting = read_text(text[:900_000].rpartition(",")[0].encode() + b"]\n", "rules.toml", problems)
    assert setting is not None
    start = time.process_time()
    fit(setting, "rules", problems)
    assert time.process_time() - start < 5
    assert len(problems.found) == MAX_TOLD


def test_cases_are_found(tmp_path: Path) -> None:
    """A case writes a project with the base rules."""
    Case("x", "", {"rules.toml": "a = 1\n"}).write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base.toml", "rules.toml", "trigpoint.toml"]
