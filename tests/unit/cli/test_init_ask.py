"""`trigpoint init` from ready-made rulesets and from answers: by options, on a terminal, again, and stopped midway."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from support.command_line import CommandLine
from support.dialogue import CTRL_C, CTRL_D, converse
from support.terminal import plain_environment
from trigpoint.draft import QUESTIONS, bundled_rulesets, skeleton
from trigpoint.resources import bundled_names

NAMES = [each.name for each in bundled_rulesets()]
OPTIONS = {
    "--maturity": "growth",
    "--goal": "retention",
    "--roles": "strategic,pooled",
    "--touch": "enterprise=enterprise,mid_market=mid-market",
    "--arr-stage": "$6-20M",
    "--data": "renewals,usage",
}
GIVEN = [word for option in OPTIONS.items() for word in option]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [*NAMES, "catalogue/renewals", "health/adoption"])
def test_init_from_each_ruleset(folder: Path, command_line: CommandLine, name: str) -> None:
    """Each ready-made ruleset, and a part of one, makes a project that `check` accepts, with a source for each table."""
    assert command_line("init", "mine", "--from", name).code == 0
    assert command_line("--project", "mine", "check").out == "no problems\n"
    text = Path("mine/trigpoint.toml").read_text()
    settings = tomllib.loads(
        text.replace("# [sources.", "[sources.").replace("# plugin =", "plugin =").replace("# path", "path")
    )
    assert settings["rules"] == [f"trigpoint:{name}", "rules/*.toml"]
    assert {"accounts", "csms"} <= settings["sources"].keys()
    assert all(each["path"] == f"data/{table}.csv" for table, each in settings["sources"].items())
    assert max(map(len, text.splitlines())) <= 120


def test_the_sources_are_those_of_the_tables(folder: Path, command_line: CommandLine) -> None:
    """A ruleset that reads three tables has three sources to fill, and not all of the catalogue."""
    assert command_line("init", "mine", "--from", "catalogue/retention").code == 0
    text = Path("mine/trigpoint.toml").read_text()
    assert [line for line in text.splitlines() if "[sources." in line] == [
        "# [sources.accounts]",
        "# [sources.csms]",
        "# [sources.contracts]",
    ]


@pytest.mark.parametrize(
    ("typed", "meant"), [("growht", "growth"), ("strategic_csm", "strategic-csm"), ("renewals", "")]
)
def test_an_unknown_ruleset(folder: Path, command_line: CommandLine, typed: str, meant: str) -> None:
    """An unknown ruleset is answered with the nearest one, and nothing is written."""
    answer = command_line("init", "mine", "--from", typed)
    assert (answer.code, answer.codes) == (2, ["TP350"])
    assert meant in answer.problems[0]
    assert list(folder.iterdir()) == []


def test_with_all_answers_nothing_is_asked(folder: Path, command_line: CommandLine) -> None:
    """All options given, without a terminal: the project is written, its answers kept, and `check` is content."""
    assert command_line("init", "mine", *GIVEN).code == 0
    settings = tomllib.loads(Path("mine/trigpoint.toml").read_text())
    assert settings["answers"] == {
        "maturity": "growth",
        "goal": "retention",
        "roles": ["strategic", "pooled"],
        "touch": {"enterprise": "enterprise", "mid_market": "mid-market"},
        "arr_stage": "$6-20M",
        "data": ["renewals", "usage"],
    }
    assert command_line("--project", "mine", "check").out == "no problems\n"


def test_without_a_terminal_missing_answers_are_named(folder: Path, command_line: CommandLine) -> None:
    """`--ask` in a pipe ends with 2 and the options that are missing; nothing is written."""
    answer = command_line("init", "mine", "--ask", "--goal", "retention", "--data", "none")
    assert (answer.code, answer.codes) == (2, ["TP381"])
    assert "--maturity, --roles, --touch, --arr-stage" in answer.problems[0]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--maturity", "grwth"], "TP380"),
        (["--touch", "smb=high"], "TP380"),
        (["--ask", "--from", "growth"], "TP383"),
        (["--goal", "retention", "--from-csv", "."], "TP383"),
    ],
)
def test_wrong_options(folder: Path, command_line: CommandLine, words: list[str], code: str) -> None:
    """A bad answer, or answers beside a ruleset, end with 2; nothing is written."""
    answer = command_line("init", "mine", *words)
    assert (answer.code, answer.codes) == (2, [code])
    assert list(folder.iterdir()) == []


def test_kept_answers_are_defaults(folder: Path, command_line: CommandLine) -> None:
    """Asked again, only what changed has to be given; the project is brought up to it."""
    command_line("init", "mine", *GIVEN)
    assert command_line("init", "mine", "--data", "renewals,usage,tickets").code == 0
    settings = tomllib.loads(Path("mine/trigpoint.toml").read_text())
    assert settings["answers"]["data"] == ["renewals", "usage", "tickets"]
    assert settings["answers"]["roles"] == ["strategic", "pooled"]
    assert "trigpoint:health/support" in settings["rules"]
    assert command_line("--project", "mine", "check").out == "no problems\n"


def test_a_project_without_answers_is_not_touched(folder: Path, command_line: CommandLine) -> None:
    """A project that was not made from answers is refused before anything is asked."""
    command_line("init", "mine", "--from", "growth")
    before = Path("mine/trigpoint.toml").read_text()
    answer = command_line("init", "mine", *GIVEN)
    assert (answer.code, answer.codes) == (2, ["TP384"])
    assert Path("mine/trigpoint.toml").read_text() == before
    assert not Path("mine/rules/review.toml").exists()


def test_wrong_answers_in_the_project_file_are_told(folder: Path, command_line: CommandLine) -> None:
    """`check` tells a choice that does not exist, at its place."""
    command_line("init", "mine", *GIVEN)
    path = Path("mine/trigpoint.toml")
    path.write_text(path.read_text().replace('goal = "retention"', 'goal = "growing"'))
    answer = command_line("--project", "mine", "check")
    assert answer.code == 65
    assert answer.out.startswith("trigpoint.toml:")
    assert "TP108" in answer.out
    assert command_line("init", "mine", "--ask").code == 78


def talk(folder: Path, *typed: str, more: tuple[str, ...] = ()) -> tuple[int, str]:
    """`init mine --ask` on a terminal."""
    command = [shutil.which("trigpoint") or "trigpoint", "init", "mine", "--ask", "--timezone", "UTC", *more]
    return converse(command, folder, plain_environment(), typed)


def test_asked_on_a_terminal(folder: Path, command_line: CommandLine) -> None:
    """Each question says why it matters and shows its choices; a bad answer is asked again; return takes the default."""
    code, shown = talk(folder, "grwth", "mature", "", "pooled", "enterprise", "", "usage,renewals")
    assert code == 0
    for question in QUESTIONS:
        assert question.text in shown
        assert question.why in shown
        assert all(choice in shown for choice in question.choices)
    assert "did you mean 'growth'?" in shown
    answers = tomllib.loads((folder / "mine/trigpoint.toml").read_text())["answers"]
    assert answers == {
        "maturity": "mature",
        "goal": "retention",
        "roles": ["pooled"],
        "touch": "enterprise",
        "arr_stage": "$6-20M",
        "data": ["usage", "renewals"],
    }
    assert command_line("--project", "mine", "check").out == "no problems\n"


def test_asked_again_on_a_terminal(folder: Path, command_line: CommandLine) -> None:
    """What is kept is the default of each question; what an option says is not asked."""
    command_line("init", "mine", *GIVEN, "--timezone", "UTC")
    before = (folder / "mine/trigpoint.toml").read_text()
    code, shown = talk(folder, *[""] * 5, more=("--goal", "expansion"))
    assert code == 0
    for name, text in OPTIONS.items():
        assert (f"[{text}]: " in shown) == (name != "--goal")
    after = (folder / "mine/trigpoint.toml").read_text()
    assert after == before.replace('goal = "retention"', 'goal = "expansion"')


@pytest.mark.parametrize(("key", "code"), [(CTRL_C, 130), (CTRL_D, 2)])
@pytest.mark.parametrize("answered", [0, 5])
def test_stopped_midway(folder: Path, key: str, code: int, answered: int) -> None:
    """Ctrl-C and Ctrl-D while something is asked leave nothing behind."""
    found, shown = talk(folder, *[""] * answered, key)
    assert found == code
    assert "Traceback" not in shown
    assert list(folder.iterdir()) == []


def test_stopped_while_writing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between two files takes back those that were written; folders that were there stay."""
    (folder / "here").mkdir()

    def stop(_path: Path, _text: str, _made: list[Path], real=skeleton._write_one) -> None:
        real(_path, _text, _made)
        if _path.name == "second":
            raise KeyboardInterrupt

    monkeypatch.setattr(skeleton, "_write_one", stop)
    with pytest.raises(KeyboardInterrupt):
        skeleton.write_new(folder / "here" / "mine", {"a/first": "1", "b/second": "2", "third": "3"})
    assert [path.name for path in folder.rglob("*")] == ["here"]


def test_the_parts_are_no_rulesets_to_start_from(command_line: CommandLine) -> None:
    """`trigpoint rulesets` lists what to start from; the parts they are made of are known, and not listed."""
    rows = command_line("rulesets", "--format", "json").json["rulesets"]
    assert [row["name"] for row in rows] == NAMES
    assert all(row["title"] for row in rows)
    assert {"kpi/core", "health/core"} <= set(bundled_names("rulesets"))
