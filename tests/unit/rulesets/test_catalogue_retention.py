"""Retention by the files of the catalogue: the check vectors, and the mistakes that public code makes."""

from __future__ import annotations

import datetime as dt

import pytest

from support.catalogue import World, project
from trigpoint import load_project
from trigpoint.errors import GateError
from trigpoint.run import run_project

AS_OF = "2026-03-31"
ACCOUNTS = """
    account_id, name, segment, csm_id, signed_up
    A, Acme, smb, C1, 2024-01-01
    B, Bolt, smb, C1, 2024-01-01
"""
CSMS = """
    csm_id, name, team
    C1, Cy, west
"""
SHOWN = ("gross_revenue_retention", "net_revenue_retention", "logo_retention", "hidden_loss", "gross_loss")


def contracts(*lines: str) -> str:
    """Contracts with their first and last day and what they bring."""
    return "\n".join(["contract_id, account_id, start_date, end_date, arr", *lines])


def retention(root, *lines: str, topics=("retention",), **more: str) -> World:
    """Two customers of one CSM with these contracts."""
    return World(root, *topics, **{"accounts": ACCOUNTS, "csms": CSMS, "contracts": contracts(*lines), **more})


def test_a_net_figure_hides_a_loss(tmp_path):
    """A 100 -> 150, B 100 -> 60: gross 80 %, net 105 %, customers 100 %, hidden loss 40, at each level above."""
    found = retention(
        tmp_path,
        "1, A, 2025-01-01, , 100",
        "2, A, 2025-06-01, , 50",
        "3, B, 2025-01-01, 2025-06-30, 100",
        "4, B, 2025-07-01, , 60",
    ).at(AS_OF)
    for subject, key in (("company", "company"), ("csm", "C1"), ("team", "west"), ("segment", "smb")):
        assert found.of(*SHOWN, subject=subject, key=key) == (0.8, 1.05, 1.0, 40, 40)
    assert found.of("expansion_rate", "net_churn", "cohort_customers") == (0.25, -0.05, 2)
    assert found.n("gross_revenue_retention") == 2


def test_on_totals_nothing_would_be_lost(tmp_path):
    """The cap is for each customer: taken on totals, one that grows would pay for one that shrinks."""
    world = World(
        tmp_path,
        "retention",
        layer="""
            [metrics.on_totals]
            over = "account"
            value = "least(sum(arr), sum(arr_a_year_ago)) / sum(arr_a_year_ago)"
            where = "arr_a_year_ago > 0"
        """,
        accounts=ACCOUNTS,
        csms=CSMS,
        contracts=contracts(
            "1, A, 2025-01-01, , 100",
            "2, A, 2025-06-01, , 50",
            "3, B, 2025-01-01, 2025-06-30, 100",
            "4, B, 2025-07-01, , 60",
        ),
    )
    assert world.at(AS_OF).of("gross_revenue_retention", "on_totals") == (0.8, 1)


B_LOST = {  # each form in which a customer's end may be written down
    "its contract has ended": {"topics": ("retention",), "end": "2025-09-30"},
    "it has no row in the last snapshot": {"topics": ("arr_snapshots",)},
    "its account is closed": {"topics": ("closed_accounts",)},
}


@pytest.mark.parametrize("form", B_LOST)
def test_a_lost_customer_stays_in_the_cohort(tmp_path, form):
    """A 100 -> 150, B 100 -> lost: gross 50 %, net 75 %, customers 50 %, however the loss is written down."""
    if "snapshots" in B_LOST[form]["topics"][0]:
        world = World(
            tmp_path,
            "arr_snapshots",
            accounts=ACCOUNTS,
            csms=CSMS,
            arr_snapshots="account_id, day, arr\nA, 2025-03-31, 100\nB, 2025-03-31, 100\nB, 2026-02-28, 100\nA, 2026-03-31, 150",
            snapshot_days="name, day\narr, 2025-03-31\narr, 2026-02-28\narr, 2026-03-31",
        )
    else:
        closed = "closed_accounts" in B_LOST[form]["topics"]
        accounts = ACCOUNTS.replace("signed_up", "signed_up, closed_on").replace("2024-01-01", "2024-01-01,")
        accounts = accounts.rstrip().removesuffix(",") + ", 2025-09-30"
        world = retention(
            tmp_path,
            "1, A, 2025-01-01, , 100",
            "2, A, 2025-06-01, , 50",
            f"3, B, 2025-01-01, {B_LOST[form].get('end', '')}, 100",
            topics=B_LOST[form]["topics"],
            accounts=accounts if closed else ACCOUNTS,
        )
    found = world.at(AS_OF)
    assert found.of(*SHOWN) == (0.5, 0.75, 0.5, 0, 100)
    assert found.of("churn_by_customer", "churn_by_revenue", "net_churn") == (0.5, 0.5, 0.25)
    assert found.of("arr", "arr_expansion", "arr_churned", "arr_movement_gap") == (150, 50, 100, 0)
    assert found("arr_movement", "account", "B") == "churned"


def test_who_is_no_longer_eligible_stays_in_the_cohort(tmp_path):
    """`eligible` is about scorecards: an account that it leaves out today was a customer a year ago."""
    world = World(
        tmp_path,
        "retention",
        layer="""
            [subjects.account]
            eligible = "industry = 'live'"
        """,
        accounts="account_id, industry, signed_up\nA, live, 2024-01-01\nB, left, 2024-01-01",
        contracts=contracts("1, A, 2025-01-01, , 100", "2, A, 2025-06-01, , 50", "3, B, 2025-01-01, 2025-09-30, 100"),
    )
    assert world.at(AS_OF).of(*SHOWN[:3]) == (0.5, 0.75, 0.5)


def test_a_deleted_last_subscription_leaves_no_zero_row(tmp_path):
    """Public bug: by the newest snapshot of each account, who left pays for ever and churn vanishes."""
    world = World(
        tmp_path,
        "arr_snapshots",
        accounts=ACCOUNTS,
        csms=CSMS,
        arr_snapshots="account_id, day, arr, seats\nA, 2026-01-31, 100, 5\nB, 2026-01-31, 100, 5\nA, 2026-02-28, 100, 5",
        snapshot_days="name, day\narr, 2026-01-31\narr, 2026-02-28\narr, 2026-03-31",
    )
    assert world.at("2026-02-27").of("arr", "customers") == (200, 2)
    assert world.at("2026-02-28").of("arr", "customers") == (100, 1)
    assert world.at("2026-03-30")("licensed_seats", "account", "A") == 5
    assert world.at("2026-03-31").of("arr", "customers") == (0, 0)  # a snapshot of nobody is one too


def test_one_of_several_subscriptions_cancelled_is_contraction(tmp_path):
    """Public bug: counting ended subscriptions calls it churn. The customer is still there."""
    found = retention(
        tmp_path, "1, A, 2025-01-01, , 100", "2, A, 2025-01-01, 2025-12-31, 40", "3, B, 2025-01-01, , 60"
    ).at(AS_OF)
    assert found.of("arr_contraction", "arr_churned", "churn_by_customer", "logo_retention") == (40, 0, 0, 1)
    assert found("arr_movement", "account", "A") == "contraction"
    assert found("churn_by_event") == 0.5


def test_movements_explain_the_change(tmp_path):
    """end = start + new + reactivated + expansion - contraction - churned; each account is one of them."""
    names = "new back grown shrunk lost same never".split()
    since = {"new": "2025-09-01"}
    found = retention(
        tmp_path,
        "1, new, 2025-09-01, , 70",
        "2, back, 2023-01-01, 2023-12-31, 30",
        "3, back, 2025-10-01, , 35",
        "4, grown, 2025-01-01, , 100",
        "5, grown, 2025-11-01, , 20",
        "6, shrunk, 2024-06-01, 2025-12-31, 50",
        "7, shrunk, 2024-06-01, , 10",
        "8, lost, 2024-06-01, 2025-12-31, 15",
        "9, same, 2024-06-01, , 5",
        accounts="account_id, csm_id, signed_up\n"
        + "\n".join(f"{name}, C1, {since.get(name, '2023-01-01')}" for name in names),
    ).at(AS_OF)
    moved = {name: found("arr_movement", "account", name) for name in names}
    assert list(moved.values()) == ["new", "reactivated", "expansion", "contraction", "churned", "same", "none"]
    flows = ("arr_new", "arr_reactivated", "arr_expansion", "arr_contraction", "arr_churned")
    assert found.of(*flows) == (70, 35, 20, 50, 15)
    assert found.of("arr_a_year_ago", "arr", "arr_movement_gap") == (180, 240, 0)


def test_a_gap_in_the_movements_stops_the_run(tmp_path):
    """An account that signed up after its first contract began was no customer a year ago: the identity says so."""
    tables = {
        "accounts": "account_id,name,segment,plan,region,industry,csm_id,signed_up\nA,,,,,,,2025-06-01\n",
        "csms": "csm_id,name,role,region,team,hired_on,left_on,annual_cost,renewal_target\n",
        "contracts": "contract_id,account_id,kind,plan,start_date,end_date,arr,seats,features_included,auto_renew\n"
        "1,A,,,2025-01-01,,100,,,\n",
    }
    project(tmp_path, "retention")
    with (tmp_path / "trigpoint.toml").open("a", encoding="utf-8") as file:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
            file.write(f'[sources.{name}]\nplugin = "files"\npath = "{name}.csv"\n')
    now = dt.datetime(2026, 4, 1, 10, tzinfo=dt.UTC)
    with pytest.raises(GateError) as caught:
        run_project(load_project(tmp_path), now=now)
    (told,) = caught.value.problems
    assert told.code == "TP640"
    assert "arr_movement_gap is -100" in told.text
    later = tables["accounts"].replace("2025-06-01", "2025-01-01")
    (tmp_path / "accounts.csv").write_text(later, encoding="utf-8")
    assert run_project(load_project(tmp_path), now=now).exit_code == 0


def test_signs_are_told_by_words(tmp_path):
    """Public bug: a reversed sign. Losses are positive amounts that are lower the better; net churn alone may be negative."""
    world = retention(tmp_path, "1, A, 2025-01-01, , 100", "2, A, 2025-06-01, , 50", "3, B, 2025-01-01, 2025-06-30, 40")
    found = world.at(AS_OF)
    assert found.of("gross_loss", "arr_churned", "arr_contraction", "arr_expansion") == (40, 40, 0, 50)
    assert found("net_churn") == round(-10 / 140, 6)
    for name in ("gross_loss", "hidden_loss", "net_churn", "arr_churned", "arr_contraction", "churn_by_customer"):
        assert world.rules.metrics[name].better == "lower", name


def test_no_opening_balance_no_retention(tmp_path):
    """Public bugs: movements without an opening balance cannot give retention; no data is never 0 or 100 %."""
    found = retention(
        tmp_path, "1, A, 2026-01-01, , 100", accounts="account_id, csm_id, signed_up\nA, C1, 2026-01-01"
    ).at(AS_OF)
    assert found.of(*SHOWN, "expansion_rate", "net_churn", "churn_by_customer") == (None,) * 8
    assert found.of("cohort_customers", "arr_new") == (0, 100)


def test_retention_since_the_quarter_began(tmp_path):
    """The cohort of a quarter is who paid on the last day of the one before."""
    world = retention(
        tmp_path,
        "1, A, 2025-01-01, , 100",
        "2, A, 2026-02-01, , 20",
        "3, B, 2025-01-01, 2026-02-28, 100",
    )
    shown = ("gross_retention_this_quarter", "net_retention_this_quarter", "logo_retention_this_quarter")
    assert world.at("2026-03-31").of(*shown) == (0.5, 0.6, 0.5)
    assert world.at("2026-01-15").of(*shown) == (1, 1, 1)
    assert world.at("2026-06-30").of(*shown) == (1, 1, 1)


def test_the_loss_behind_the_net_figure_of_a_quarter(tmp_path):
    """Growth of one customer pays for another that left: net hides it, the loss beside it does not."""
    lines = ("1, A, 2025-01-01, , 100", "2, B, 2025-01-01, 2026-02-28, 100")
    shown = ("net_retention_this_quarter", "gross_loss_this_quarter", "hidden_loss_this_quarter")
    assert retention(tmp_path, *lines).at("2026-03-31").of(*shown) == (0.5, 100, 0)
    assert retention(tmp_path, *lines, "3, A, 2026-02-01, , 110").at("2026-03-31").of(*shown) == (1.05, 100, 100)


def test_a_closing_date_that_snapshots_forget_stops_the_run(tmp_path):
    """Closed accounts pay nothing; where a layer over them says otherwise, the assert does not hold."""
    accounts = "account_id, csm_id, signed_up, closed_on\nA, C1, 2024-01-01, 2026-02-28"
    contracts = "contract_id, account_id, start_date, arr\n1, A, 2025-01-01, 100"
    found = World(tmp_path, "closed_accounts", accounts=accounts, contracts=contracts)
    assert found.at("2026-03-31").of("arr", "arr_of_closed") == (0, 0)
    over = World(
        tmp_path,
        "closed_accounts",
        "arr_snapshots",
        accounts=accounts,
        arr_snapshots="account_id, day, arr\nA, 2026-03-31, 100",
        snapshot_days="name, day\narr, 2026-03-31",
    )
    assert over.at("2026-03-31").of("arr", "arr_of_closed") == (100, 100)
    assert over.rules.asserts["closed_accounts_pay_nothing"].severity == "error"
