"""Bad projects and hostile places: a clear error that names the place, nothing half-written, the last run readable."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from support.command_line import Answer, CommandLine
from trigpoint.store import run_lock

SMALL = Path(__file__).parents[1] / "unit" / "cli" / "small"
Change = Callable[[Path], None]


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line."""
    monkeypatch.delenv("TRIGPOINT_PROJECT", raising=False)
    return CommandLine(capsys)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command_line: CommandLine) -> Path:
    """A project with a published run; the working folder."""
    root = tmp_path / "project"
    shutil.copytree(SMALL, root)
    monkeypatch.chdir(root)
    assert command_line("run").code == 0
    return root


def _assert_still_readable(command_line: CommandLine) -> None:
    found = command_line("scores", "health", "--format", "json")
    assert found.code == 0
    assert found.json["rows"][0]["band"] == "at_risk"


def _replaced(path: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new))

    return change


def _written(path: str, text: str) -> Change:
    return lambda root: (root / path).write_text(text) and None


PROBLEMS: dict[str, tuple[Change, int, str]] = {
    "broken project file": (_written("trigpoint.toml", "timezone = \n"), 78, "trigpoint.toml:1"),
    "no timezone": (_replaced("trigpoint.toml", 'timezone = "Europe/Berlin"', ""), 78, "timezone"),
    "unknown zone": (_replaced("trigpoint.toml", "Europe/Berlin", "Europe/Berlinn"), 78, "trigpoint.toml:2"),
    "misspelt key": (_replaced("trigpoint.toml", "rules =", "rulez ="), 78, "rules"),
    "a newer format": (_replaced("trigpoint.toml", "format = 1", "format = 9"), 78, "trigpoint.toml:1"),
    "rules that are not there": (_replaced("trigpoint.toml", "rules/*.toml", "rulz/*.toml"), 65, "rulz"),
    "unknown ruleset": (_replaced("trigpoint.toml", '["rules', '["trigpoint:b2b-sas", "rules'), 65, "b2b-saas"),
    "unknown plugin": (
        _replaced("trigpoint.toml", 'plugin = "files"\npath = "data/usage', 'plugin = "fils"\npath = "data/usage'),
        78,
        "files",
    ),
    "broken rules": (_written("rules/health.toml", "[scorecards.health"), 65, "rules/health.toml:1"),
    "unknown metric": (_replaced("rules/health.toml", '"seat_utilisation"', '"seat_use"'), 65, "rules/health.toml:14"),
    "missing file": (lambda root: (root / "data/usage.csv").unlink(), 66, "usage"),
    "missing column": (_replaced("data/usage.csv", "user_id", "person"), 66, "user_id"),
    "too many bad rows": (_replaced("data/usage.csv", "2026-03-31", "soon"), 4, "usage"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_bad_project_is_named_and_nothing_is_lost(project: Path, command_line: CommandLine, name: str) -> None:
    """`run` ends with the exit code of the problem, names the place, writes nothing by halves, and keeps the last run."""
    change, code, place = PROBLEMS[name]
    shutil.copytree(project, project.parent / "sound")
    change(project)
    answer = command_line("run")
    assert answer.code == code, answer.err
    assert answer.out == ""
    assert any(place in line for line in answer.problems), answer.problems
    assert "TP399" not in answer.err
    assert [path.name for path in project.glob("*.scratch*")] == []
    for path in ("trigpoint.toml", "rules", "data"):
        shutil.rmtree(project / path) if (project / path).is_dir() else (project / path).unlink()
        copy = shutil.copytree if (project.parent / "sound" / path).is_dir() else shutil.copy
        copy(project.parent / "sound" / path, project / path)
    _assert_still_readable(command_line)
    assert command_line("run").code == 0


@pytest.mark.parametrize(
    "command", [["check"], ["load"], ["run"], ["scores", "health"], ["explain", "health", "A-17"], ["compile"]]
)
def test_a_folder_that_is_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command_line: CommandLine, command: list[str]
) -> None:
    """Outside a project every command ends with 78 and says how to make one; nothing is written."""
    monkeypatch.chdir(tmp_path)
    answer = command_line(*command)
    assert (answer.code, answer.codes) == (78, ["TP341"])
    assert "trigpoint init" in answer.problems[0]
    assert list(tmp_path.iterdir()) == []


def test_the_project_is_found_from_below_and_by_name(
    project: Path, monkeypatch: pytest.MonkeyPatch, command_line: CommandLine
) -> None:
    """A folder below the project, --project before or after the command, and TRIGPOINT_PROJECT all find it."""
    monkeypatch.chdir(project / "data")
    assert command_line("scores", "health").code == 0
    monkeypatch.chdir(project.parent)
    assert command_line("scores", "health").code == 78
    assert command_line("--project", "project", "scores", "health").code == 0
    assert command_line("scores", "health", "--project", "project").code == 0
    monkeypatch.setenv("TRIGPOINT_PROJECT", str(project))
    assert command_line("scores", "health").code == 0
    assert command_line("scores", "health", "--project", "elsewhere").codes == ["TP341"]


@pytest.mark.parametrize(
    "command",
    [["scores", "health"], ["metrics", "account"], ["explain", "health", "A-17"], ["history", "health", "A-17"]],
)
def test_looking_before_the_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command_line: CommandLine, command: list[str]
) -> None:
    """Without results the answer is how to get them, and no store is made by looking."""
    shutil.copytree(SMALL, tmp_path / "fresh")
    monkeypatch.chdir(tmp_path / "fresh")
    answer = command_line(*command)
    assert (answer.code, answer.codes) == (66, ["TP601"])
    assert "trigpoint run" in answer.problems[0]
    assert not (tmp_path / "fresh" / "trigpoint.db").exists()


def _pragma(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "code"), [("PRAGMA user_version = 99", "TP604"), ("PRAGMA application_id = 7", "TP603")]
)
@pytest.mark.parametrize("command", [["run"], ["scores", "health"]])
def test_a_store_of_another_version_or_program(
    project: Path, command_line: CommandLine, statement: str, code: str, command: list[str]
) -> None:
    """A store that is newer than the program, or not ours, is refused with 78 and not written to."""
    _pragma(project / "trigpoint.db", statement)
    before = (project / "trigpoint.db").read_bytes()
    answer = command_line(*command)
    assert (answer.code, answer.codes) == (78, [code])
    assert (project / "trigpoint.db").read_bytes() == before


def test_a_store_that_is_no_database(project: Path, command_line: CommandLine) -> None:
    """A file in the place of the store is not overwritten."""
    (project / "trigpoint.db").write_text("my shopping list, far longer than one hundred bytes" * 4)
    for command in (["run"], ["scores", "health"]):
        answer = command_line(*command)
        assert (answer.code, answer.codes) == (78, ["TP602"])
    assert (project / "trigpoint.db").read_text().startswith("my shopping list")


def test_a_warehouse_that_is_no_database(project: Path, command_line: CommandLine) -> None:
    """A file in the place of the facts is not overwritten, and the published scores stay."""
    (project / "data.db").write_text("my shopping list, far longer than one hundred bytes" * 4)
    answer = command_line("run", "--no-load")
    assert (answer.code, answer.codes) == (78, ["TP423"])
    assert command_line("load").code not in (0, 1)
    assert (project / "data.db").read_text().startswith("my shopping list")
    _assert_still_readable(command_line)


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    folder.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(0o700)


@pytest.mark.skipif(
    os.geteuid() == 0, reason="root may write everywhere: test_a_read_only_folder_as_another_user does it"
)
def test_a_read_only_folder(project: Path, command_line: CommandLine) -> None:
    """Without the right to write, `run` ends with 77; the scores can be read all the same."""
    with _read_only(project):
        assert command_line("run").code == 77
        _assert_still_readable(command_line)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_read_only_folder_as_another_user(project: Path, command_line: CommandLine) -> None:
    """The same, for tests that run as root: the process becomes nobody for a moment."""
    for path in (project, *project.parents):
        if path.stat().st_uid == 0 and path != Path("/") and path.stat().st_mode & 0o005 != 0o005:
            path.chmod(path.stat().st_mode | 0o055)
    for path in project.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    os.seteuid(65534)
    try:
        answer = command_line("run")
        scores = command_line("scores", "health", "--format", "json")
    finally:
        os.seteuid(0)
    assert answer.code == 77, answer.err
    assert scores.code == 0, scores.err
    assert command_line("run").code == 0


def test_a_run_while_another_runs(project: Path, command_line: CommandLine) -> None:
    """While a run holds the lock, another ends with 75 and one line; looking goes on."""
    with run_lock(project / "trigpoint.db"):
        answers: list[Answer] = [command_line("run"), command_line("load")]
        _assert_still_readable(command_line)
    assert [(answer.code, answer.codes) for answer in answers] == [(75, ["TP608"])] * 2
    assert command_line("run").code == 0


def test_control_characters_of_names_never_reach_the_terminal(project: Path, command_line: CommandLine) -> None:
    """A name that holds an escape sequence cannot steer the terminal of who looks at it."""
    accounts = project / "data" / "accounts.csv"
    accounts.write_text(accounts.read_text().replace("Acme", "Ac\x1b[2Jme"))
    assert command_line("run").code == 0
    for command in (["scores", "health"], ["explain", "health", "A-17"], ["metrics", "account"]):
        answer = command_line(*command)
        assert answer.code == 0
        assert "\x1b" not in answer.out
