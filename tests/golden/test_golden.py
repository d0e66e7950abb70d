"""The compiled SQL of whole rulesets, kept in files so that each change of it is read before it is made.

After a change that is meant, `UPDATE_GOLDEN=1 python -m pytest tests/golden` writes the files anew.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from pathlib import Path

import pytest

from trigpoint.compile import compile_ruleset
from trigpoint.model.ruleset import Calendar
from trigpoint.rules import build_ruleset

HERE = Path(__file__).parent
AS_OF = dt.date(2026, 3, 31)
RULES = sorted((HERE / "rules").glob("*.toml"))


def compiled(file: Path) -> str:
    """All statements of a rule file, with the as-of date in the head."""
    ruleset = build_ruleset(tomllib.loads(file.read_text(encoding="utf-8")), Calendar("Europe/Berlin"))
    program = compile_ruleset(ruleset, AS_OF)
    statements = [f"-- {each.title}\n{each.text};\n" for each in program.statements]
    questions = [f"-- finding: {each.where} {each.text}\n{each.select};\n" for each in program.findings]
    return f"-- {file.name}, sqlite, as of {AS_OF}\n\n" + "\n".join([*statements, *questions])


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.stem)
def test_the_sql_is_what_was_reviewed(file):
    """Compiling a ruleset gives the statements that lie beside it, to the letter."""
    golden = HERE / f"{file.stem}.sqlite.sql"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(compiled(file), encoding="utf-8")
    assert compiled(file) == golden.read_text(encoding="utf-8")
