"""`trigpoint plugin new` makes a project that passes its own tests, and every check that it sets up."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from support.command_line import CommandLine
from support.strangers import lay_metadata, run_in
from trigpoint.draft.plugin_project import TEMPLATES, write_plugin
from trigpoint.errors import UsageError


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line."""
    return CommandLine(capsys)


@pytest.mark.slow
def test_it_passes_its_own_tests(tmp_path: Path) -> None:
    """Its suite runs as it is, without a warning, and only the checks of queries' sort are left out."""
    root = tmp_path / "mood"
    write_plugin("mood", root)
    lay_metadata(root, tmp_path / "site")
    done = run_in(root, tmp_path / "site", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "14 passed" in done.stdout


@pytest.mark.parametrize("name", ["q", "a_name_of_forty_letters_which_is_the_mos"])
def test_it_passes_every_check_it_sets_up(name: str, tmp_path: Path) -> None:
    """ruff and its formatter find nothing, whatever its name, nor does mypy --strict."""
    root = tmp_path / "made"
    write_plugin(name, root)
    types = [("mypy", "--cache-dir", str(tmp_path / "cache"))] if name == "q" else []
    for check in (("ruff", "check"), ("ruff", "format", "--check"), *types):
        done = run_in(root, tmp_path, *check)
        assert done.returncode == 0, done.stdout + done.stderr


def test_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies in a folder of its distribution's name; every template is used, and nothing is left to fill in."""
    monkeypatch.chdir(tmp_path)
    written = write_plugin("health_talk")
    assert len(written) == len(list(TEMPLATES.glob("*.in"))) + 1
    project = tomllib.loads(Path("trigpoint-health-talk/pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "trigpoint-health-talk"
    assert project["entry-points"]["trigpoint"] == {"health_talk": "health_talk_plugin"}
    for path in written:
        text = path.read_text(encoding="utf-8").replace("${{ matrix.python }}", "").replace("\n$ ", "\n")
        assert "$" not in text, path


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """Where one of the files is there already, none is written."""
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="TP348 the file exists"):
        write_plugin("mood", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Mood", "did you mean 'mood'?"),
        ("trigpoint-mood", "did you mean 'mood'?"),
        ("mood-plugin", "did you mean 'mood'?"),
        ("my mood!", "did you mean 'my_mood'?"),
        ("7up", "did you mean 'up'?"),
        ("m" * 41, f"did you mean '{'m' * 40}'?"),
        ("..", "take small letters, digits and _"),
        ("../mood", "did you mean 'mood'?"),
    ],
)
def test_names_that_do_not_fit(name: str, hint: str, tmp_path: Path) -> None:
    """A name that rules could not say is refused, with the nearest that they can."""
    with pytest.raises(UsageError) as refused:
        write_plugin(name, tmp_path / "new")
    assert refused.value.problems[0].code == "TP387"
    assert hint in str(refused.value)
    assert not (tmp_path / "new").exists()


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command_line: CommandLine) -> None:
    """It prints the files, and says on stderr what to type next."""
    monkeypatch.chdir(tmp_path)
    answer = command_line("plugin", "new", "mood", "--folder", "my mood")
    assert answer.code == 0
    assert Path("my mood/src/mood_plugin/__init__.py").is_file()
    assert answer.out.splitlines()[0] == "my mood/pyproject.toml"
    assert (
        "next: in an environment that has trigpoint, pytest, ruff and mypy: cd 'my mood' && pip install -e . "
        in answer.err
    )
    assert command_line("plugin", "new", "trend").codes == ["TP388"]
    assert "did you mean 'new'?" in command_line("plugin", "nwe", "x").err
    assert command_line("plugin", "new").code == 2
