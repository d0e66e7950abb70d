"""`trigpoint init` and `demo`: new projects."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from support.command_line import CommandLine

HERE = Path(__file__).parent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_writes_a_project_to_fill_in(folder: Path, command_line: CommandLine) -> None:
    """A new project has its settings, rules, schemas for the editor, and lines to copy for cron and systemd."""
    answer = command_line("init", "mine", "--timezone", "Europe/Paris")
    assert answer.code == 0
    written = [Path(line) for line in answer.out.splitlines()]
    assert all(path.is_file() for path in written)
    names = {str(path.relative_to("mine")) for path in written}
    assert {"trigpoint.toml", "rules/rules.toml", ".trigpoint/rules.schema.json", "schedule/crontab.txt"} <= names
    assert tomllib.loads(Path("mine/trigpoint.toml").read_text())["timezone"] == "Europe/Paris"
    crontab = Path("mine/schedule/crontab.txt").read_text().splitlines()[-1]
    assert f"run --project {folder}/mine" in crontab


def test_init_from_a_ruleset(folder: Path, command_line: CommandLine) -> None:
    """The ruleset becomes the first layer; its tables are listed as sources to fill in; `check` is content."""
    assert command_line("init", "mine", "--from", "b2b-saas").code == 0
    text = Path("mine/trigpoint.toml").read_text()
    assert tomllib.loads(text)["rules"] == ["trigpoint:b2b-saas", "rules/*.toml"]
    assert "# [sources.accounts]" in text
    assert command_line("--project", "mine", "check").code == 0


def test_init_from_an_unknown_ruleset(folder: Path, command_line: CommandLine) -> None:
    """An unknown ruleset ends with 2 and the nearest name; nothing is written."""
    answer = command_line("init", "mine", "--from", "b2b-sas")
    assert (answer.code, answer.codes) == (2, ["TP350"])
    assert "b2b-saas" in answer.problems[0]
    assert list(folder.iterdir()) == []


def test_init_touches_no_file_that_exists(folder: Path, command_line: CommandLine) -> None:
    """A folder that holds one of the files is refused, as a whole."""
    (folder / "mine" / "rules").mkdir(parents=True)
    (folder / "mine" / "rules" / "rules.toml").write_text("# mine\n")
    answer = command_line("init", "mine")
    assert (answer.code, answer.codes) == (2, ["TP348"])
    assert [path.name for path in (folder / "mine").rglob("*") if path.is_file()] == ["rules.toml"]
    assert (folder / "mine" / "rules" / "rules.toml").read_text() == "# mine\n"


def test_a_draft_from_csv_files_can_be_checked_and_loaded(folder: Path, command_line: CommandLine) -> None:
    """`init --from-csv` drafts sources and rules that `check` accepts and `run` publishes."""
    shutil.copytree(HERE / "small" / "data", folder / "exports")
    answer = command_line("init", "mine", "--from-csv", "exports", "--timezone", "UTC")
    assert answer.code == 0
    assert "usage.day" in answer.err  # 'not-a-day' keeps the column from being a date, and that is said
    assert command_line("--project", "mine", "check").out == "no problems\n"
    assert command_line("--project", "mine", "run", "--as-of", "2026-03-31").code == 0
    rows = command_line("--project", "mine", "metrics", "account", "--format", "json").json["rows"]
    assert rows[0]["values"]["tickets_28_days"] == 0


def test_a_draft_needs_files(folder: Path, command_line: CommandLine) -> None:
    """No folder, or no CSV file in it, ends with 66."""
    assert (command_line("init", "--from-csv", "gone").code, command_line("init", "--from-csv", ".").code) == (66, 66)
    assert command_line("init", "--from-csv", "gone").codes == ["TP352"]


def test_the_first_useful_scorecard_is_short(folder: Path, command_line: CommandLine) -> None:
    """Two CSV files are scored with no more than 36 lines of TOML."""
    shutil.copytree(HERE / "first", folder / "first")
    lines = [line for path in (folder / "first").rglob("*.toml") for line in path.read_text().splitlines()]
    assert len(lines) <= 36
    assert command_line("--project", "first", "run", "--as-of", "2026-03-31").code == 0
    rows = command_line("--project", "first", "scores", "health", "--format", "json").json["rows"]
    assert {row["label"]: row["band"] for row in rows} == {"Acme": "healthy", "Beta": "at_risk"}


@pytest.mark.slow
def test_demo_ends_with_accounts_at_risk_and_their_reasons(folder: Path, command_line: CommandLine) -> None:
    """`demo` makes, loads and scores a project; it ends with the accounts at risk, why, and what to type next."""
    answer = command_line("demo", "try", "--accounts", "60")
    assert answer.code == 0
    at_risk = answer.out.split("At risk, lowest first\n")[1].split("\n\n")[0].splitlines()
    assert all("(A-" in line and len(line.split(")  ")[1]) > 10 for line in at_risk if "more:" not in line)
    assert "annual recurring revenue" in answer.out
    commands = [line.split("#")[0].split() for line in answer.out.splitlines() if line.startswith("  trigpoint ")]
    assert len(commands) >= 3
    for command in commands:
        assert command_line("--project", "try", *command[1:]).code == 0
    again = command_line("demo", "try")
    assert (again.code, again.out) == (0, answer.out)


def test_demo_never_touches_a_project_of_ones_own(small: Path, command_line: CommandLine) -> None:
    """A folder with another project is refused."""
    answer = command_line("demo", ".")
    assert (answer.code, answer.codes) == (2, ["TP348"])
    assert not (small / "data.db").exists()
