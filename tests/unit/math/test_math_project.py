"""The plugin `math` in a project: enabled, called in every sort of expression, explained, and not needed afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import CommandLine

PROJECT = """
timezone = "UTC"
as_of = 2026-03-31
rules = ["rules.toml"]
[plugins]
enabled = ["math"]
[sources.accounts]
plugin = "files"
path = "accounts.csv"
[sources.uses]
plugin = "files"
path = "uses.csv"
"""
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { csm = "csm_id" }
eligible = "sign(seats) = 1"
[subjects.csm]
[tables.accounts]
columns = { account_id = "text", csm_id = "text", seats = "integer" }
derived = { dozens = "ceil(seats / 12)" }
[tables.uses]
columns = { account_id = "text", day = "date", hours = "number" }
belongs_to = { account = "account_id" }
time = "day"
[metrics.hours]
from = "uses"
value = "sum(clamp(hours, 0, 24))"
where = "mod(days_between(day, as_of), 7) = 0"
window = "28 days"
empty = 0
[metrics.per_dozen]
value = "floor(hours / dozens)"
[metrics.busy]
subject = "csm"
over = "account"
value = "share(clamp(per_dozen, 0, 9) = 9)"
[scorecards.health]
subject = "account"
missing = "skip"
bands = { good = 50, bad = 0 }
[scorecards.health.measures]
hours = { metric = "per_dozen", linear = [0, "exp(ln(20))"] }
[scorecards.health.guards]
odd = { when = "mod(seats, 2) = 1", cap = "clamp(90, 0, 40)", reason = "An odd number of seats" }
[asserts.whole]
subject = "account"
that = "floor(per_dozen) = per_dozen"
"""
FILES = {
    "trigpoint.toml": PROJECT,
    "rules.toml": RULES,
    "accounts.csv": "account_id,csm_id,seats\na,ann,24\nb,ann,7\nc,ben,0\n",
    "uses.csv": "account_id,day,hours\na,2026-03-31,30\na,2026-03-24,9\na,2026-03-23,100\nb,2026-03-17,11.5\nc,2026-03-31,3\n",
}


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CommandLine:
    """The command line in a folder with the project."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return CommandLine(capsys)


def without_math(folder: Path) -> None:
    text = PROJECT.replace('enabled = ["math"]', "enabled = []")
    (folder / "trigpoint.toml").write_text(text, encoding="utf-8")


def test_functions_of_a_plugin_work_in_every_expression(command_line):
    """In eligibility, derived columns, metrics, rollups, scales, guards and asserts."""
    assert command_line("run").code == 0
    rows = {each["key"]: each for each in command_line("scores", "health", "--format", "json").json["rows"]}
    assert (rows["a"]["score"], rows["a"]["band"]) == (80, "good")  # (24 + 9) hours, 2 dozens: 16 of 20
    assert (rows["b"]["score"], rows["b"]["guards"]) == (40, ["odd"])  # 11 of 20, capped
    assert rows["c"]["outcome"] == "not_eligible"


def test_what_a_run_kept_is_explained_without_the_plugin(command_line, tmp_path):
    """The store holds what a function does: a score is explained after the plugin was disabled."""
    assert command_line("run").code == 0
    before = command_line("explain", "health", "b")
    without_math(tmp_path)
    after = command_line("explain", "health", "b")
    assert (after.code, after.out) == (before.code, before.out) == (0, before.out)
    assert "mod(seats, 2) = 1" in after.out
    assert "floor(hours / dozens)" in after.out


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("clamp(seats, 0, 10)", "seats is blank"),
        ("clamp(10 / spare, 0, 5)", "division by zero: spare is 0"),
        ("floor(10 / spare)", "division by zero: spare is 0"),
        ("floor(2 * seats)", "seats is blank"),
        ("ceil(hours) + mod(seats, 2)", "seats is blank"),
    ],
)
def test_why_a_function_has_no_data_is_told(value, cause, command_line, tmp_path):
    """The reason is looked for in the arguments, and in what the template makes of them."""
    rules = RULES.replace('eligible = "sign(seats) = 1"\n', "").replace(
        'seats = "integer" }', 'seats = "integer", spare = "integer" }'
    )
    rules = rules.replace(
        "[scorecards.health.guards]", f'broken = {{ value = "{value}", linear = [0, 1] }}\n[scorecards.health.guards]'
    )
    (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("account_id,csm_id,seats,spare\na,ann,,0\n", encoding="utf-8")
    assert command_line("run").code == 0
    assert cause in command_line("explain", "health", "a").out


def test_a_function_of_a_plugin_that_is_not_enabled_is_unknown(command_line, tmp_path):
    """All calls are told, with the plugin that has the function; nothing runs."""
    without_math(tmp_path)
    answer = command_line("check")
    assert answer.code == 65
    told = answer.out + answer.err
    assert "rules.toml:6:13: TP212 unknown function 'sign' (enable the plugin math, which has sign(x))" in told
    assert "TP212 unknown function 'mod' (enable the plugin math, which has mod(a, b))" in told
    assert command_line("run").code == 65


def test_the_statements_hold_no_call_that_sqlite_does_not_have(command_line):
    """What is compiled is what the templates say."""
    answer = command_line("compile")
    assert answer.code == 0
    assert "clamp(" not in answer.out
    assert "min(max(" in answer.out
    assert "tp_mod(" in answer.out


def test_a_mistyped_function_of_a_plugin_is_guessed(command_line, tmp_path):
    """The hint knows the functions of enabled plugins, whether or not a rule calls them yet."""
    with (tmp_path / "rules.toml").open("a") as file:
        file.write('[metrics.odd]\nvalue = "sighn(1)"\n')
    assert "did you mean 'sign'?" in command_line("check").out
