"""Wrong rules, as data: each case is a small project and what `check` says of it, line by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.acme import AcmePlugins
from support.rule_cases import Case, cases
from trigpoint.rules import check

ROOT = Path(__file__).parents[3]
CODE = re.compile(r"[\"'](TP[13]\d\d)[\"']")
WITHOUT_A_CASE = {"TP301"}  # a folder without a project file: test_project.py


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.home}: {case.title}")
def test_problems(case: Case, tmp_path: Path) -> None:
    """`check` tells exactly the expected problems, in order of their places."""
    case.write(tmp_path)
    assert tuple(str(problem) for problem in check(tmp_path, lambda _: AcmePlugins())) == case.expected


def test_base_is_sound(tmp_path: Path) -> None:
    """The rules that all cases are laid over have no problem of their own."""
    Case("base", "", {"rules.toml": ""}).write(tmp_path)
    assert check(tmp_path) == ()


def test_every_code_has_a_case() -> None:
    """Each code of the rules and the project file is shown by a case, and has a page."""
    sources = (ROOT / "core" / "trigpoint" / "rules").glob("*.py")
    codes = {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}
    shown = {code for case in cases() for line in case.expected for code in re.findall(r"TP\d{3}", line)}
    assert codes - WITHOUT_A_CASE <= shown
    assert codes <= {page.stem for page in (ROOT / "docs" / "errors").glob("TP*.md")}


def test_there_are_many_cases() -> None:
    """A lost folder of cases does not pass as a success."""
    assert len(cases()) >= 60
