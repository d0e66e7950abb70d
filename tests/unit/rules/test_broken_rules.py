"""Whatever is written into rule files, problems are told in their places and nothing else happens."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.rule_cases import CASES
from trigpoint.rules import check

SOUND = tomllib.loads(
    (CASES / "base.toml").read_text(encoding="utf-8") + (CASES / "rich.toml").read_text(encoding="utf-8")
)
STRANGE = [1, 0, -1, True, False, "x", "", [], {}, [1], {"a": 1}, float("inf"), "arr", "points.use > 1", "name", "csm"]


def paths(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything below a node."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, each in entries:
        yield (*above, key)
        yield from paths(each, (*above, key))


PATHS = list(paths(SOUND))
WORDS = sorted({key for path in PATHS for key in path if isinstance(key, str)})


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Sound rules with one to three places damaged: values replaced, keys renamed or taken away."""
    damaged = tomllib.loads(tomli_w.dumps(SOUND))
    for path in draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3)):
        owner: Any = damaged
        for key in path[:-1]:
            owner = owner[key] if isinstance(owner, dict) and key in owner else None
        if isinstance(owner, dict) and path[-1] in owner:
            damage = draw(st.sampled_from(["remove", "rename", "replace"]))
            value = owner.pop(path[-1])
            if damage == "rename":
                owner[draw(st.sampled_from(WORDS))] = value
            elif damage == "replace":
                owner[path[-1]] = draw(st.sampled_from([*STRANGE, *WORDS]))
    return tomli_w.dumps(damaged)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one rule file."""
    root = tmp_path_factory.mktemp("project")
    (root / "trigpoint.toml").write_text('timezone = "UTC"\nrules = ["rules.toml"]\n', encoding="utf-8")
    return root


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=rules())
def test_damaged_rules_are_told(folder: Path, text: str) -> None:
    """Every problem of damaged rules has a code, a line and a column; nothing is raised."""
    (folder / "rules.toml").write_text(text, encoding="utf-8")
    for problem in check(folder):
        assert problem.place is not None
        assert problem.place.line is not None
        assert problem.place.column is not None
