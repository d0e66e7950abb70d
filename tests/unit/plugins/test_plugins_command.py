"""`trigpoint plugins`: what there is, what each offers, and why one fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.command_line import CommandLine
from support.packages import SHEETS, Packages

METRIC = """
from trigpoint import FunctionMetric, Input, hookimpl
{before}
def slope(rows, request):
    return []

SETTINGS = {{
    "type": "object",
    "properties": {{
        "least": {{"type": "integer", "default": 3, "description": "Fewest weeks."}},
        "token": {{"type": "string", "writeOnly": True}},
        "way": {{"enum": ["up", "down"]}},
        "any": True,
        "many": {{"type": ["integer", "null"]}},
    }},
    "required": ["token"],
    "additionalProperties": False,
}}

@hookimpl
def trigpoint_metrics():
    inputs = (Input("day", frozenset({{"date"}}), "The day."), Input("x", default="events"), Input("y", optional=True))
    yield FunctionMetric(
        "slope", slope, inputs, meaning="By how much a week is more.", no_data="Fewer than two weeks.",
        unit="events", better="higher", subjects=("account",), settings=SETTINGS,
    )
"""


@pytest.fixture
def acme(small: Path, packages: Packages) -> Path:
    """A project that enables the plugin `acme`; `idle` is installed and not enabled."""
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nenabled = ["acme"]\n')
    telltale = f"from pathlib import Path\nPath({str(small)!r}, 'ran').touch()\n"
    packages.add("idle", telltale + SHEETS.format(name="idle"), commands=["idle-hands"])
    return packages.add("acme", METRIC.format(before=""))


def rows(answer: str) -> dict[str, list[str]]:
    """The cells of the table by the plugin's name."""
    return {line.split()[0]: line.split() for line in answer.splitlines()}


def of(name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """One plugin of the JSON object."""
    (found,) = [each for each in answer["plugins"] if each["name"] == name]
    assert isinstance(found, dict)
    return found


def test_all_installed_ones_are_listed(acme: Path, small: Path, command_line: CommandLine) -> None:
    """Each with its package and version; what is used is loaded, the others are never imported."""
    answer = command_line("plugins")
    table = rows(answer.out)
    assert answer.code == 0
    assert table["acme"][1:5] == ["acme-trigpoint", "1.2", "enabled", "loaded"]
    assert table["acme"][6:] == ["metric", "slope"]
    assert table["files"][3:5] == ["bundled", "loaded"]
    assert table["demo"][3:] == ["bundled", "not", "loaded"]
    assert table["idle"][1:] == ["idle-trigpoint", "1.2", "not", "enabled", "not", "loaded", "command", "idle-hands"]
    assert not (small / "ran").exists()


def test_one_with_all_it_offers(acme: Path, command_line: CommandLine) -> None:
    """The details of a metric: what it means, what it reads, its settings, and when there is no data."""
    lines = command_line("plugins", "acme").out.splitlines()
    assert lines[:2] == ["plugin acme  acme-trigpoint 1.2, enabled, loaded", f"  {acme}"]
    assert lines[2].startswith("  hooks: trigpoint_metrics; loaded in ")
    assert lines[3:] == [
        "",
        "  metric acme.slope",
        "      By how much a week is more.",
        "      number, events, higher is better, at account, kept while nothing changes",
        "      no data: Fewer than two weeks.",
        "      day: a column or expression (date), The day.",
        "      x: a column or expression (boolean or date or integer or number or text or timestamp), events without it",
        "      y: a column or expression (boolean or date or integer or number or text or timestamp), optional",
        "      least: integer, 3 without it, Fewest weeks.",
        "      token: string, a secret, required",
        "      way: up | down",
        "      any: anything",
        "      many: integer or null",
    ]


def test_the_same_as_json(acme: Path, command_line: CommandLine) -> None:
    """One object with a format; a plugin that is not loaded has no hooks and no load time."""
    answer = command_line("plugins", "--format", "json").json
    assert answer["format"] == 1
    found = of("acme", answer)
    assert found["hooks"] == ["trigpoint_metrics"]
    assert found["milliseconds"] > 0
    (metric,) = found["metrics"]
    assert (metric["id"], metric["kind"], metric["pure"]) == ("acme.slope", "function", True)
    assert metric["inputs"][1] == {
        "name": "x",
        "types": ["boolean", "date", "integer", "number", "text", "timestamp"],
        "meaning": "",
        "default": "events",
        "optional": False,
    }
    assert metric["settings"]["required"] == ["token"]
    idle = of("idle", answer)
    assert (idle["use"], idle["state"], idle["hooks"]) == ("not enabled", "not loaded", [])
    assert (idle["milliseconds"], idle["commands"]) == (None, ["idle-hands"])
    assert of("files", answer)["sources"][0]["schema"]["required"] == ["path"]


def test_every_kind_of_offer_has_its_lines(small: Path, packages: Packages, command_line: CommandLine) -> None:
    """Sources with their options, functions, rule files and commands."""
    code = SHEETS.format(name="sheets") + (
        "from pathlib import Path\nfrom trigpoint import Function, RuleFile\n"
        "@hookimpl\ndef trigpoint_functions():\n"
        "    return [Function('one', (), 'number', 'Just 1.', templates={'*': '1.0'}, oracle=lambda: 1.0)]\n"
        "@hookimpl\ndef trigpoint_rulesets():\n    return [RuleFile('usage', Path(__file__))]\n"
    )
    packages.add("acme", code, commands=["sheets"])
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nenabled = ["acme"]\n')
    out = command_line("plugins", "acme").out
    wanted = ("source sheets", "function one()", "    Just 1.", "rules acme:usage", "command trigpoint sheets")
    assert all(f"  {each}\n" in out for each in wanted)
    offers = "source sheets; function one; rule file usage; command sheets"
    assert offers in command_line("plugins").out
    found = of("acme", command_line("plugins", "acme", "--format", "json").json)
    assert (found["rulesets"], found["functions"]) == (["acme:usage"], [{"signature": "one()", "meaning": "Just 1."}])


def test_a_failed_one_says_why(acme: Path, command_line: CommandLine) -> None:
    """The list goes on past a plugin that cannot be loaded, and shows its failure."""
    acme.write_text("1 / 0", encoding="utf-8")
    answer = command_line("plugins")
    assert answer.code == 0
    assert rows(answer.out)["acme"][3:5] == ["enabled", "failed"]
    told = "plugin 'acme' (acme-trigpoint 1.2) cannot be imported: ZeroDivisionError: division by zero"
    assert told in answer.out
    assert f"  {acme}:1: TP707 {told} (mend or update it," in command_line("plugins", "acme").out
    failure = of("acme", command_line("plugins", "--format", "json").json)["failure"]
    assert (failure["code"], failure["text"]) == ("TP707", told)


def test_a_refused_one_does_not_hide_the_list(acme: Path, command_line: CommandLine) -> None:
    """What stops a run is told beside the list, with the exit code of a run; the others are shown as they are."""
    acme.write_text("TRIGPOINT_API = 9", encoding="utf-8")
    answer = command_line("plugins")
    assert (answer.code, answer.codes) == (78, ["TP706"])
    assert rows(answer.out)["acme"][3:5] == ["enabled", "failed"]
    assert rows(answer.out)["files"][3:5] == ["bundled", "loaded"]
    answer = command_line("plugins", "--format", "json")
    assert (answer.code, answer.codes) == (78, ["TP706"])
    assert of("acme", answer.json)["failure"]["code"] == "TP706"
    assert [each["code"] for each in answer.json["problems"]] == ["TP706"]
    assert of("files", answer.json)["sources"] != []


@pytest.mark.parametrize("form", [(), ("--format", "json")])
def test_a_refused_local_file_says_why(small: Path, command_line: CommandLine, form: tuple[str, ...]) -> None:
    """The author of a local file with a misspelt hook sees it, and why it is refused, also by its name."""
    code = "from trigpoint import hookimpl\n@hookimpl\ndef trigpoint_metric():\n    return []\n"
    (small / "ours.py").write_text(code, encoding="utf-8")
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nlocal = ["ours.py"]\n')
    for name in ((), ("ours",)):
        answer = command_line("plugins", *name, *form)
        assert (answer.code, answer.codes) == (78, ["TP703"])
        assert "will never be called (did you mean 'trigpoint_metrics'?)" in answer.err
        if form:
            assert (of("ours", answer.json)["use"], of("ours", answer.json)["state"]) == ("local", "failed")
            assert of("ours", answer.json)["failure"]["code"] == "TP703"
        else:
            assert "ours" in answer.out


def test_what_is_not_there_is_listed_with_the_reason(small: Path, command_line: CommandLine) -> None:
    """An enabled plugin that is not installed, a missing file, two files of one name: each with its refusal."""
    for folder in ("a", "b"):
        (small / folder).mkdir()
        (small / folder / "both.py").write_text("", encoding="utf-8")
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nenabled = ["gone"]\nlocal = ["none.py", "a/both.py", "b/both.py"]\n')
    found = command_line("plugins", "--format", "json")
    assert (found.code, sorted(found.codes)) == (78, ["TP701", "TP702", "TP704"])
    failed = [(each["name"], each["failure"]["code"]) for each in found.json["plugins"] if each["failure"]]
    assert failed == [("both", "TP704"), ("both", "TP704"), ("gone", "TP701"), ("none", "TP702")]
    assert "TP701" in command_line("plugins", "gone").out
    answer = command_line("plugins", "nowhere")
    assert (answer.code, sorted(answer.codes)) == (78, ["TP386", "TP701", "TP702", "TP704"])


def test_one_that_is_not_enabled_is_told_how_to_be(acme: Path, small: Path, command_line: CommandLine) -> None:
    """Its details are what its package says, and the line to write."""
    out = command_line("plugins", "idle").out
    assert '  to use it, write enabled = ["idle"] in [plugins] of trigpoint.toml\n' in out
    assert "hooks" not in out
    assert not (small / "ran").exists()


def test_outside_of_a_project(
    acme: Path, tmp_path: Path, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a project nothing is imported but a bundled plugin that is named."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert {each["state"] for each in command_line("plugins", "--format", "json").json["plugins"]} == {"not loaded"}
    assert "source files" in command_line("plugins", "files").out
    assert "not enabled, not loaded" in command_line("plugins", "acme").out


def test_an_unknown_one_is_answered_with_the_nearest(acme: Path, command_line: CommandLine) -> None:
    """A mistyped name ends with 2 and a suggestion, or with what there is."""
    answer = command_line("plugins", "acne")
    assert (answer.code, answer.problems) == (2, ["TP386 there is no plugin 'acne' (did you mean 'acme'?)"])
    assert "TP386 there is no plugin 'zzz' (there is: acme, " in command_line("plugins", "zzz").err


def test_functions_need_their_plugin_enabled(small: Path, command_line: CommandLine) -> None:
    """Of a bundled plugin that offers functions the line to write is told, until it is there."""
    line = '  for its functions, write enabled = ["math"] in [plugins] of trigpoint.toml\n'
    assert line in command_line("plugins", "math").out
    assert "write enabled" not in command_line("plugins", "files").out
    with (small / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write('[plugins]\nenabled = ["math"]\n')
    assert line not in command_line("plugins", "math").out
