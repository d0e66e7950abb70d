"""`trigpoint check`, `compile` and `rulesets`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from support.command_line import CommandLine


def test_warnings_alone_pass(small: Path, command_line: CommandLine) -> None:
    """Problems are the data of `check`: on stdout, one a line; warnings exit 0."""
    answer = command_line("check")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[0].startswith("rules/health.toml:24:13: warning: TP180 ")
    assert answer.out.splitlines()[-1] == "1 warning"


def test_all_problems_of_all_files_are_told(small: Path, command_line: CommandLine) -> None:
    """Errors exit 65, and each line starts with the place."""
    health = small / "rules" / "health.toml"
    health.write_text(health.read_text().replace('"seat_utilisation"', '"seat_utilzation"', 1))
    base = small / "rules" / "base.toml"
    base.write_text(base.read_text().replace("avg(hours)", "avg(hurs)"))
    answer = command_line("check")
    assert answer.code == 65
    errors = [line for line in answer.out.splitlines() if ": TP" in line]
    assert any(line.startswith("rules/health.toml:14:") and "seat_utilisation" in line for line in errors)
    assert any(line.startswith("rules/base.toml:") and "hours" in line for line in errors)


def test_the_options_of_sources_are_checked(small: Path, command_line: CommandLine) -> None:
    """Once the rules are right, `check` tells what `load` would refuse in the sources, among the other problems."""
    settings = small / "trigpoint.toml"
    settings.write_text(settings.read_text() + 'delimeter = ";"\n[plugins]\nlocal = ["gone.py"]\n')
    answer = command_line("check")
    assert answer.code == 65
    assert any("TP702" in line for line in answer.out.splitlines())
    settings.write_text(settings.read_text().replace('"gone.py"', ""))
    answer = command_line("check")
    assert answer.code == 65
    assert answer.out.splitlines() == [
        answer.out.splitlines()[0],
        "trigpoint.toml:22:1: TP408 unknown key 'delimeter' (did you mean 'delimiter'?)",
        "1 error and 1 warning",
    ]


def test_problems_as_json(small: Path, command_line: CommandLine) -> None:
    """`check --format json` is one object with code, place, text, hint and severity of each problem."""
    (problem,) = command_line("check", "--format", "json").json["problems"]
    assert {name: problem[name] for name in ("file", "line", "column", "code", "severity")} == {
        "file": "rules/health.toml",
        "line": 24,
        "column": 13,
        "code": "TP180",
        "severity": "warning",
    }
    assert problem["text"]
    assert problem["hint"]


def test_wrong_rules_are_never_run(small: Path, command_line: CommandLine) -> None:
    """`run` with an error in the rules exits 65 and leaves no file behind."""
    (small / "rules" / "health.toml").write_text("[scorecards.health\n")
    before = sorted(small.rglob("*"))
    answer = command_line("run")
    assert answer.code == 65
    assert answer.problems[0].startswith("rules/health.toml:1:")
    assert sorted(small.rglob("*")) == before


def test_compile_prints_statements_that_sqlite_accepts(small: Path, command_line: CommandLine) -> None:
    """`compile` prints one statement after the other, each whole and with the names of the rules."""
    out = command_line("compile", "--as-of", "2026-03-31").out
    assert "as of 2026-03-31" in out.splitlines()[0]
    for words in ("facts -> values of account", "values -> judgements of health", "seats", "2026-03-31"):
        assert words in out
    with closing(sqlite3.connect(":memory:")):
        assert all(sqlite3.complete_statement(f"{each};") for each in out.split(";\n")[:-1])


def test_rulesets_are_listed_with_their_titles(command_line: CommandLine) -> None:
    """`rulesets` lists names that `init --from` knows."""
    assert command_line("rulesets").out.splitlines()[1].startswith("b2b-saas")
    found = command_line("rulesets", "--format", "json").json["rulesets"]
    assert found[0]["name"] == "b2b-saas"
    assert found[0]["title"]
