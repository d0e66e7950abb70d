"""The ready-made rulesets at work: on contracts alone nothing else is judged, and the figures are those worked out by hand."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.command_line import CommandLine
from trigpoint.draft import tables_of

AS_OF = "2026-06-30"
ACCOUNTS = 12  # enough for every min_n
Facts = Mapping[str, list[dict[str, str]]]
NO_MORE: Facts = {}
SOURCES = ("accounts", "csms", "contracts")


def facts(root: Path, more: Facts = NO_MORE) -> None:
    """Twelve customers of one CSM for two years, paying 100 each; the last one left in May, the first one pays 150."""
    (root / "data").mkdir()
    since, keys = "2024-01-01", [f"{number:02}" for number in range(ACCOUNTS)]
    contracts = [
        {"contract_id": f"K{key}", "account_id": f"A{key}", "start_date": since, "arr": "100", "seats": "10"}
        for key in keys
    ]
    contracts[-1]["end_date"] = "2026-05-31"
    contracts.append({"contract_id": "K99", "account_id": "A00", "start_date": "2026-02-01", "arr": "50"})
    rows = {
        "accounts": [
            {"account_id": f"A{key}", "segment": "enterprise", "csm_id": "C1", "signed_up": since} for key in keys
        ],
        "contracts": contracts,
        "csms": [
            {"csm_id": "C1", "role": "strategic"},
            {"csm_id": "C2", "role": "pooled", "left_on": "2026-03-31"},
            {"csm_id": "C3", "role": "onboarding"},
        ],
        **more,
    }
    columns_of = tables_of(["kpi/targets", "catalogue/absences"])
    for name, held in rows.items():
        with (root / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns_of[name])
            writer.writeheader()
            writer.writerows(held)


def scored(
    root: Path, command_line: CommandLine, rules: str, card: str, more: Facts = NO_MORE
) -> dict[str, dict[str, Any]]:
    """The rows of a scorecard by key, after a run."""
    facts(root, more)
    sources = "".join(
        f'[sources.{name}]\nplugin = "files"\npath = "data/{name}.csv"\n' for name in dict.fromkeys((*SOURCES, *more))
    )
    (root / "trigpoint.toml").write_text(f'timezone = "UTC"\nrules = [{rules}]\n{sources}', encoding="utf-8")
    answer = command_line("--project", str(root), "run", "--as-of", AS_OF)
    assert answer.code in (0, 3), answer.err
    rows = command_line("--project", str(root), "scores", card, "--format", "json").json["rows"]
    return {row["key"]: row for row in rows}


@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("growth", "csm_kpi"),
        ("startup", "csm_kpi"),
        ("mature", "csm_kpi"),
        ("strategic-csm", "strategic_kpi"),
    ],
)
def test_people_are_judged_by_what_is_known(tmp_path: Path, command_line: CommandLine, name: str, card: str) -> None:
    """With contracts alone only retention has points: gross 11 of 12, no figure is made up for tables without a source."""
    row = scored(tmp_path, command_line, f'"trigpoint:{name}"', card)["C1"]
    known = {measure: points for measure, points in row["points"].items() if points is not None}
    gross = 100 * (11 / 12 - 0.75) / (0.90 - 0.75)
    heads = 100 * (11 / 12 - 0.70) / (0.90 - 0.70)
    assert known.pop("gross_retention") == pytest.approx(min(gross, 110))
    assert known.pop("customers_retained") == pytest.approx(min(heads, 110))
    assert known.pop("retention") == pytest.approx((30 * min(gross, 110) + 10 * min(heads, 110)) / 40)
    assert known == {}
    assert row["outcome"] == "insufficient_data"  # two fifths of retention are less than half of the weight


TARGET = {"target_id": "T1", "csm_id": "C1", "metric": "expansion_won", "period_start": "2026-04-01", "amount": "20"}
LEAVE = {"absence_id": "B1", "csm_id": "C1", "from_day": "2026-04-01", "to_day": "2026-04-30"}
WON = {"opportunity_id": "O1", "account_id": "A00", "kind": "expansion", "opened_on": "2026-04-02"}
WON |= {"closed_on": "2026-05-01", "won": "true", "arr": "10"}


@pytest.mark.parametrize(
    ("targets", "absences", "target"),
    [
        ([TARGET], [], 20),
        ([TARGET], [LEAVE], 20 * 61 / 91),  # thirty of the ninety-one days of the quarter
        ([TARGET | {"metric": "dollar_renewal_rate", "amount": "0.9"}], [], 0.025 * 1150),  # of another kind
        ([], [LEAVE], 0.025 * 1150 * 61 / 91),
    ],
)
def test_targets_are_prorated(
    tmp_path: Path,
    command_line: CommandLine,
    targets: list[dict[str, str]],
    absences: list[dict[str, str]],
    target: float,
) -> None:
    """Expansion is held against the person's own target, else a fortieth of the book, by the days of presence."""
    more: Facts = {"opportunities": [WON], "targets": targets} | ({"absences": absences} if absences else {})
    rules = '"trigpoint:expansion"' + (', "trigpoint:catalogue/absences"' if absences else "")
    row = scored(tmp_path, command_line, rules, "csm_kpi", more)["C1"]
    assert row["points"]["add_ons"] == pytest.approx(min(120, 100 * 10 / target))
    assert row["points"]["expansion"] == row["points"]["add_ons"]  # the gate is open


@pytest.mark.parametrize("wrong", [{"period_start": "2026-01-01"}, {"metric": "expansion_wn"}], ids=str)
def test_no_default_for_who_has_targets(tmp_path: Path, command_line: CommandLine, wrong: dict[str, str]) -> None:
    """Last quarter's target is not this one's, and one under a misspelt name is none: no data, not a fortieth of the book."""
    more: Facts = {"opportunities": [WON], "targets": [TARGET | wrong]}
    row = scored(tmp_path, command_line, '"trigpoint:expansion"', "csm_kpi", more)["C1"]
    assert row["points"]["add_ons"] is None


@pytest.mark.parametrize("table", ["targets", "team_targets"])
def test_targets_that_are_none_are_told(tmp_path: Path, command_line: CommandLine, table: str) -> None:
    """A row for a metric that nothing reads is a warning; one without a period stops the night."""
    facts(tmp_path, {"csms": [{"csm_id": "C1", "team": "C1"}]})
    sources = "".join(f'[sources.{name}]\nplugin = "files"\npath = "data/{name}.csv"\n' for name in (*SOURCES, table))
    (tmp_path / "trigpoint.toml").write_text(f'timezone = "UTC"\nrules = ["trigpoint:mature"]\n{sources}', "utf-8")
    owner = "csm_id" if table == "targets" else "team"
    for row in ("dollar_renewal_rate,2026-04-01", "expansion_wn,2026-04-01", "expansion_won,"):
        head = f"target_id,{owner},metric,period_start,amount\n"
        (tmp_path / "data" / f"{table}.csv").write_text(f"{head}1,C1,{row},1\n", "utf-8")
        answer = command_line("--project", str(tmp_path), "run", "--as-of", AS_OF)
        assert (answer.code == 4) == row.endswith(",")
        assert (f"{table}_without_period is 1" in answer.err) == row.endswith(",")
        assert (f"{table}_not_read is 1" in answer.out + answer.err) == ("expansion_wn," in row)


def test_the_gate_closes_over_lost_revenue(tmp_path: Path, command_line: CommandLine) -> None:
    """Add-ons count nothing while retention is under 80 points; the customer who leaves is felt at once."""
    gone = {"contract_id": "K01", "account_id": "A01", "start_date": "2024-01-01", "arr": "100"}
    contracts = [{**gone, "contract_id": f"K{number}", "account_id": f"A{number:02}"} for number in range(8)]
    contracts += [
        {**gone, "contract_id": f"K{number}", "account_id": f"A{number:02}", "end_date": "2026-05-31"}
        for number in range(8, ACCOUNTS)
    ]
    more: Facts = {"contracts": contracts, "opportunities": [WON], "targets": [TARGET]}
    row = scored(tmp_path, command_line, '"trigpoint:expansion"', "csm_kpi", more)["C1"]
    assert row["points"]["retention"] == 0  # 67 % of revenue and customers
    assert (row["points"]["add_ons"], row["points"]["expansion"]) == (50, 0)
    assert (row["score"], row["band"]) == (0, "below")


def test_who_left_is_not_eligible(tmp_path: Path, command_line: CommandLine) -> None:
    """CSMs who are no longer there are not scored, and each other one by the scorecard of the role."""
    rules = '"trigpoint:onboarding-specialist", "trigpoint:pooled-csm", "trigpoint:strategic-csm"'
    rows = scored(tmp_path, command_line, rules, "csm_scorecards")
    assert {key: (row["scorecard"], row["outcome"]) for key, row in rows.items()} == {
        "C1": ("strategic_kpi", "insufficient_data"),
        "C2": ("onboarding_kpi", "not_eligible"),  # of a whole family nobody asks which one
        "C3": ("onboarding_kpi", "insufficient_data"),
    }


@pytest.mark.parametrize(
    ("name", "card", "measures"),
    [
        ("mixed", "customer_health", {"commercial", "growth"}),
        ("posthog", "posthog_health", set()),
        ("gitlab", "gitlab_health", set()),
    ],
)
def test_accounts_are_judged_by_what_is_known(
    tmp_path: Path, command_line: CommandLine, name: str, card: str, measures: set[str]
) -> None:
    """No table of usage, tickets or meetings is no data: neither silence nor peace; and too little for a score."""
    rows = scored(tmp_path, command_line, f'"trigpoint:{name}"', card)
    for row in rows.values():
        if row["outcome"] != "not_eligible":
            assert {measure for measure, points in row["points"].items() if points is not None} <= measures
            assert row["outcome"] == "insufficient_data"
    assert rows["A11"]["outcome"] == "not_eligible"  # it left


def test_the_answers_make_it_enough(tmp_path: Path, command_line: CommandLine) -> None:
    """What has no facts is left out by the answers, so that contracts alone give scores."""
    given = ("--maturity", "growth", "--goal", "retention", "--roles", "none", "--touch", "enterprise")
    root = tmp_path / "mine"
    answer = command_line("init", str(root), *given, "--arr-stage", "up to $2M", "--data", "none", "--timezone", "UTC")
    assert answer.code == 0
    facts(root)
    project = root / "trigpoint.toml"
    text = project.read_text("utf-8")
    for name in SOURCES:
        source = f'# [sources.{name}]\n# plugin = "files"\n# path = "data/{name}.csv"\n'
        assert source in text
        text = text.replace(source, source.replace("# ", ""))
    project.write_text(text, "utf-8")
    assert command_line("--project", str(root), "run", "--as-of", AS_OF).code == 0
    rows = command_line("--project", str(root), "scores", "csm_kpi", "--format", "json").json["rows"]
    assert {row["key"]: row["band"] for row in rows} == {"C1": "exceeds", "C2": None, "C3": None}
    rows = command_line("--project", str(root), "scores", "customer_health", "--format", "json").json["rows"]
    assert {row["key"]: row["score"] for row in rows} == {"A00": 100.0, "A11": None} | {
        f"A{number:02}": 80.0 for number in range(1, 11)
    }


@pytest.mark.parametrize(
    ("name", "card", "outcome"),
    [("strategic-csm", "strategic_kpi", "scored"), ("retention-first", "csm_kpi", "insufficient_data")],
)
def test_a_small_book_is_enough_for_its_role(
    tmp_path: Path, command_line: CommandLine, name: str, card: str, outcome: str
) -> None:
    """A strategic CSM with four customers and two renewals is scored, where another one would have too few."""
    keys = ("A00", "A01", "A02", "A03")
    accounts = [{"account_id": key, "csm_id": "C1", "signed_up": "2024-01-01"} for key in keys]
    contracts = [
        {"contract_id": f"K{key}", "account_id": key, "start_date": "2024-01-01", "arr": "100"} for key in keys
    ]
    due = {"recorded_on": "2025-01-01", "due_date": "2026-05-31", "closed_on": "2026-05-31", "due": "100"}
    renewals = [{"renewal_id": f"R{key}", "account_id": key, **due, "renewed": "100"} for key in keys[:2]]
    more: Facts = {"accounts": accounts, "contracts": contracts, "renewals": renewals}
    rows = scored(tmp_path, command_line, f'"trigpoint:{name}"', card, more)
    assert rows["C1"]["outcome"] == outcome


def test_no_target_is_no_finding(tmp_path: Path, command_line: CommandLine) -> None:
    """A team without a target, and a CSM in the first month: the measure is left out, and nobody is told each night."""
    newcomer = {"csm_id": "C1", "role": "", "team": "north", "hired_on": "2026-06-10"}
    more: Facts = {"csms": [newcomer], "opportunities": [WON]}
    rules = '"trigpoint:mature", "trigpoint:kpi/team"'
    (row,) = scored(tmp_path, command_line, rules, "team_kpi", more).values()
    assert (row["key"], row["points"]["team_add_ons"]) == ("north", None)
    answer = command_line("--project", str(tmp_path), "run", "--as-of", AS_OF)
    assert "do not ascend" not in answer.out + answer.err


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, whatever the surroundings say."""
    for name in ("TRIGPOINT_PROJECT", "TRIGPOINT_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return CommandLine(capsys)
