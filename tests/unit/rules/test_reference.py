"""The reference page of rule files and the project file, against the JSON Schemas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from trigpoint.rules.shape import schema

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "ruleset.md"
RULES, PROJECT = schema("rules"), schema("project")
STORE = PROJECT["properties"]["store"]
SECTIONS: Mapping[str, Mapping[str, Any]] = {
    "Sections of a rule file": RULES,
    "subjects": RULES["$defs"]["subject"],
    "subjects: a dated parent": RULES["$defs"]["dated_parent"],
    "tables": RULES["$defs"]["table"],
    "tables: fresh": RULES["$defs"]["table"]["properties"]["fresh"]["anyOf"][0],
    "tables: in_force": RULES["$defs"]["in_force"],
    "metrics": RULES["$defs"]["metric"],
    "lookups": RULES["$defs"]["lookup"],
    "scorecards": RULES["$defs"]["scorecard"],
    "scorecards: groups": RULES["$defs"]["group"],
    "scorecards: gate": RULES["$defs"]["gate"],
    "scorecards: measures": RULES["$defs"]["measure"],
    "scorecards: guards": RULES["$defs"]["guard"],
    "asserts": RULES["$defs"]["assert"],
    "benchmarks": RULES["$defs"]["benchmark"],
    "The project file": PROJECT,
    "project: warehouse": PROJECT["properties"]["warehouse"],
    "project: store": STORE,
    "project: keep": STORE["properties"]["keep"],
    "project: plugins": PROJECT["properties"]["plugins"],
    "project: worker": PROJECT["properties"]["plugins"]["properties"]["worker"],
    "project: answers": PROJECT["$defs"]["answers"],
    "project: sources": PROJECT["$defs"]["source"],
}


def sections() -> dict[str, str]:
    """The page by headings."""
    parts = re.split(r"^##+ (.+)\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("heading", SECTIONS)
def test_page_lists_every_key(heading: str) -> None:
    """The page lists the keys of the schema, all of them and no others, in their order."""
    listed = re.findall(r"^\| `(\w+)` \|", sections()[heading], flags=re.MULTILINE)
    assert listed == [key for key in SECTIONS[heading]["properties"] if key != "replace"]


def test_every_table_of_keys_has_a_section() -> None:
    """A new kind of table in the schema has to come to the page."""
    shown = [id(each) for each in SECTIONS.values()]
    for root in (RULES, PROJECT):
        for name, each in root["$defs"].items():
            if set(each.get("properties", {})) - {"replace"} and "propertyNames" not in each:
                assert id(each) in shown, name
