"""Constant currency by the layers of the catalogue: every amount at the rate of the run's date, and none without a word."""

from __future__ import annotations

import datetime as dt

import pytest

import trigpoint
from support.catalogue import World, project
from trigpoint.errors import GateError
from trigpoint.run import run_project

AS_OF = "2026-03-31"
ACCOUNTS = "account_id, csm_id, signed_up\nA, C1, 2024-01-01"
CSMS = "csm_id, team, role\nC1, west,"
RATES = "currency, day, rate\nEUR, 2025-01-01, 1.00\nEUR, 2026-03-01, 1.10\nEUR, 2026-04-01, 1.20"
CONTRACT = "contract_id, account_id, start_date, arr_local, currency\n1, A, 2025-01-01, 100, EUR"


def world(root, *topics: str, layer: str = "", **tables: str) -> World:
    """A customer of one CSM, and rates of the euro."""
    return World(root, *topics, layer=layer, **{"accounts": ACCOUNTS, "csms": CSMS, "rates": RATES, **tables})


def test_an_unchanged_contract_is_retained_whatever_the_rate_did(tmp_path):
    """100 EUR at 1.00 a year ago and 1.10 now: net 100 %, and revenue of a year ago at today's rate."""
    found = world(tmp_path, "retention", "currencies", contracts=CONTRACT).at(AS_OF)
    assert found.of("net_revenue_retention", "gross_revenue_retention", "arr") == (1, 1, 110)
    assert found("arr_a_year_ago") == 110
    assert found("arr_movement_gap") == 0


def test_history_is_not_at_one_latest_rate(tmp_path):
    """Public bug: one latest rate for all history. The rate of a run is the newest of its own date, not of today."""
    found = world(tmp_path, "retention", "currencies", contracts=CONTRACT)
    assert found.at("2026-02-28")("arr") == 100
    assert found.at(AS_OF)("arr") == 110


def test_your_own_currency_needs_neither_a_rate_nor_a_word(tmp_path):
    """A blank currency is the firm's own, in a table without rates too."""
    contracts = f"{CONTRACT}\n2, A, 2025-01-01, 7,"
    assert world(tmp_path, "currencies", contracts=contracts).at(AS_OF).of("arr", "contracts_without_rate") == (117, 0)
    found = world(tmp_path, "currencies", contracts=contracts.replace("EUR", ""), rates="").at(AS_OF)
    assert found.of("arr", "contracts_without_rate") == (107, 0)


def test_renewals_are_in_constant_currency(tmp_path):
    """What was due and what was renewed at one rate: the same price is 100 %, and amounts add up in one currency."""
    found = world(
        tmp_path,
        "currencies_renewals",
        renewals="""
            renewal_id, account_id, recorded_on, due_date, due_local, renewed_local, closed_on, quoted_local, quoted_on, currency
            1, A, 2025-01-01, 2026-01-31, 100, 100, 2026-01-31, , , EUR
            2, A, 2025-01-01, 2026-02-28, 100, 50, 2026-04-02, , , EUR
            3, A, 2025-01-01, 2026-03-10, 30, 30, 2026-03-10, , ,
            4, A, 2025-01-01, 2026-05-31, 100, , , 120, 2026-03-01, EUR
        """,
    )
    at = found.at(AS_OF)
    assert at.of("due_value", "overdue_value", "due_soon_value") == (250, 110, 110)
    assert at("dollar_renewal_rate") == round(140 / 250, 6)  # the second one is not known yet
    assert at("quote_uplift", "account", "A") == 0.2
    assert found.at("2026-04-30")("dollar_renewal_rate_last_quarter") == round((120 + 60 + 30) / (240 + 30), 6)


def test_expansion_and_cost_are_in_constant_currency(tmp_path):
    """A dollar renewed and a dollar added cost what they cost in one currency; what an offer is worth is known when it closes."""
    found = world(
        tmp_path,
        "currencies_cost",
        "currencies_expansion",
        "currencies_renewals",
        renewals="renewal_id, account_id, recorded_on, due_date, due_local, renewed_local, closed_on, currency\n"
        "1, A, 2025-01-01, 2026-01-31, 100, 100, 2026-01-31, EUR",
        opportunities="""
            opportunity_id, account_id, kind, opened_on, closed_on, won, arr_local, currency
            1, A, expansion, 2026-01-10, 2026-02-10, true, 10, EUR
            2, A, expansion, 2026-01-10, 2026-02-10, true, 4,
            3, A, expansion, 2026-01-10, 2026-04-10, true, 99, EUR
        """,
        costs="cost_id, csm_id, day, activity, amount_local, currency\n"
        "1, C1, 2026-01-31, renew, 20, EUR\n2, C1, 2026-01-31, expand, 7.5,",
    ).at(AS_OF)
    assert found.of("expansion_won", "cs_cost_year") == (15, 29.5)
    assert found.of("cost_to_renew", "cost_to_expand") == (0.2, 0.5)


def test_referrals_and_cues_are_in_constant_currency(tmp_path):
    """What a referral may bring, and what an answer to a cue cost."""
    found = world(
        tmp_path,
        "currencies_advocacy",
        "currencies_guidance",
        advocacy="""
            reference_id, account_id, kind, day, status, pipeline_local, closed_on, currency
            1, A, referral, 2026-01-10, open, 100, , EUR
            2, A, reference, 2026-01-10, given, , , CHF
        """,
        cues="cue_id, account_id, kind, fired_at, answered_at, cost_local, currency\n"
        "1, A, stuck, 2026-01-10 10:00:00, 2026-01-10 12:00:00, 20, EUR",
    ).at(AS_OF)
    assert found.of("referral_pipeline", "guidance_cost_each") == (110, 22)
    assert found("referrals_without_rate") == 0  # a reference has no amount


def test_snapshots_are_in_constant_currency(tmp_path):
    """Revenue by snapshots at the rate of the run's date: unchanged is 100 % net."""
    found = world(
        tmp_path,
        "currencies_snapshots",
        arr_snapshots="account_id, day, arr_local, currency\nA, 2025-03-31, 100, EUR\nA, 2026-03-31, 100, EUR",
        snapshot_days="name, day\narr, 2025-03-31\narr, 2026-03-31",
    ).at(AS_OF)
    assert found.of("arr", "net_revenue_retention") == (110, 1)


def test_a_metric_of_your_own_is_converted_too(tmp_path):
    """Nobody has to think of the rate: the amount itself is computed."""
    own = '[metrics.largest]\nsubject = "company"\nfrom = "contracts"\nvalue = "max(arr)"'
    assert world(tmp_path, "currencies", layer=own, contracts=CONTRACT).at(AS_OF)("largest") == 110


WITHOUT = {
    "currencies": ("contracts", "contract_id, account_id, start_date, arr_local, currency\n1, A, 2025-01-01, 7, CHF"),
    "currencies_renewals": (
        "renewals",
        "renewal_id, account_id, recorded_on, due_date, due_local, currency\n1, A, 2025-01-01, 2026-05-31, 7, CHF",
    ),
    "currencies_expansion": (
        "opportunities",
        "opportunity_id, account_id, kind, opened_on, currency\n1, A, expansion, 2026-01-10, CHF",
    ),
    "currencies_cost": ("costs", "cost_id, csm_id, day, amount_local, currency\n1, C1, 2026-01-31, 7, CHF"),
}


@pytest.mark.parametrize("topic", WITHOUT)
def test_an_amount_without_a_rate_is_told(tmp_path, topic):
    """A currency without a rate is counted, for it would leave the sums in silence; an assert stops the night."""
    table, text = WITHOUT[topic]
    made = world(tmp_path, topic, **{table: text})
    metric = f"{table}_without_rate"
    assert made.at(AS_OF)(metric) == 1
    asserts = [each for each in made.rules.asserts.values() if each.severity == "error"]
    assert any(metric in each.that.text for each in asserts)


def test_a_currency_without_a_rate_stops_the_run(tmp_path):
    """And the message says what is to be mended."""
    tables = {
        "accounts": "account_id,name,segment,plan,region,industry,csm_id,signed_up\nA,,,,,,,2025-01-01\n",
        "csms": "csm_id,name,role,region,team,hired_on,left_on,annual_cost,renewal_target\n",
        "renewals": "renewal_id,account_id,recorded_on,due_date,due,quoted,quoted_on,notice_on,renewed,closed_on,currency\n"
        "1,A,2025-01-01,2026-01-31,100,,,,,,CHF\n",
        "rates": "currency,day,rate\nEUR,2025-01-01,1.1\n",
    }
    local = 'columns = { due_local = "due", quoted_local = "quoted", renewed_local = "renewed" }\n'
    project(tmp_path, "currencies_renewals")
    with (tmp_path / "trigpoint.toml").open("a", encoding="utf-8") as file:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
            file.write(f'[sources.{name}]\nplugin = "files"\npath = "{name}.csv"\n')
            file.write(local if name == "renewals" else "")
    with pytest.raises(GateError) as caught:
        run_project(trigpoint.load_project(tmp_path), now=dt.datetime(2026, 4, 1, 10, tzinfo=dt.UTC))
    assert "renewals_without_rate is 1" in caught.value.problems[0].text
