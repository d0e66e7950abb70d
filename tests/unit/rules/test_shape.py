"""The shape of rule files, against the JSON Schemas and an independent judge of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.rule_cases import CASES, Case, cases
from trigpoint.errors import Problems
from trigpoint.rules.setting import plain
from trigpoint.rules.shape import fit, schema
from trigpoint.rules.toml_file import read_text

SHAPE = {"TP105", "TP106", "TP107", "TP108", "TP109", "TP190"}
KEYWORDS = {
    "$ref", "additionalProperties", "anyOf", "const", "description", "enum", "examples", "format", "items", "maxItems",
    "maxLength", "minItems", "minLength", "minimum", "maximum", "not", "pattern", "prefixItems", "properties",
    "propertyNames", "required", "title", "type", "uniqueItems",
}  # fmt: skip


def files() -> list[tuple[str, str, str]]:
    """Every file of every case: its name, which schema it follows, its text."""
    base = (CASES / "base.toml").read_text(encoding="utf-8")
    found = [("base.toml", "rules", base)]
    for case in cases():
        for name, text in case.files.items():
            found.append((f"{case.home} {name}", "project" if name == "trigpoint.toml" else "rules", text))
    return found


@pytest.mark.parametrize(("name", "kind", "text"), files())
def test_the_judge_agrees(name: str, kind: str, text: str) -> None:
    """What is accepted here is accepted by a general JSON Schema validator, and what is refused is refused."""
    problems = Problems()
    setting = read_text(text.encode(), name, problems)
    if setting is None or problems.found:
        pytest.skip("no TOML: there is nothing to judge")
    fit(setting, kind, problems)
    judge = Draft202012Validator(schema(kind))  # type: ignore[arg-type]  # a mapping
    assert judge.is_valid(plain(setting)) == (not problems.found)
    assert {problem.code for problem in problems.found} <= SHAPE


@pytest.mark.parametrize("kind", ["rules", "project"])
def test_schemas_are_schemas(kind: str) -> None:
    """The bundled schemas are valid draft 2020-12, and use only keywords that are checked here."""
    Draft202012Validator.check_schema(schema(kind))  # type: ignore[arg-type]  # a mapping

    def keywords(node: Any) -> set[str]:
        if not isinstance(node, dict):
            return set().union(*(keywords(each) for each in node)) if isinstance(node, list) else set()
        named = ("properties", "$defs")
        below = [each for key in named for each in node.get(key, {}).values()]
        below += [each for key, each in node.items() if key not in (*named, "examples", "enum", "const")]
        return set(node).union(*(keywords(each) for each in below)) - {"$defs", "$schema", "$id"}

    assert keywords(json.loads(json.dumps(schema(kind)))) <= KEYWORDS


@pytest.mark.parametrize("kind", ["rules", "project"])
def test_every_key_is_described(kind: str) -> None:
    """Editors show a description for every key."""
    for owner in (schema(kind), *schema(kind)["$defs"].values()):
        for key, each in owner.get("properties", {}).items():
            assert key == "replace" or each.get("description"), f"{owner.get('title')}: {key}"


def test_a_schema_that_always_agrees_is_caught() -> None:
    """The judge is no rubber stamp: it refuses what the shape refuses."""
    judge = Draft202012Validator(schema("rules"))  # type: ignore[arg-type]  # a mapping
    assert not judge.is_valid({"metrics": {"arr": {"windw": "28 days"}}})


def test_cases_are_found(tmp_path: Path) -> None:
    """A case writes a project with the base rules."""
    Case("x", "", {"rules.toml": "a = 1\n"}).write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base.toml", "rules.toml", "trigpoint.toml"]
