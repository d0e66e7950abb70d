"""Renewals, expansion, targets and teams by the files of the catalogue."""

from __future__ import annotations

from support.catalogue import World

AS_OF = "2026-03-31"
ACCOUNTS = """
    account_id, name, segment, csm_id, signed_up
    A, Acme, smb, C1, 2023-01-01
    B, Bolt, smb, C1, 2023-01-01
    C, Cole, enterprise, C2, 2023-01-01
"""
CSMS = """
    csm_id, name, team, hired_on, left_on
    C1, Cy, west, 2020-01-01,
    C2, Di, west, 2026-02-01,
    C3, Ed, east, 2020-01-01, 2026-02-14
"""
THREE = """
    renewal_id, account_id, recorded_on, due_date, due, renewed, closed_on
    1, A, 2025-03-01, 2026-02-01, 100, 80, 2026-01-30
    2, B, 2025-03-01, 2026-01-05, 100, 130, 2025-12-15
    3, C, 2025-03-01, 2026-03-01, 100, 0, 2026-03-02
"""
RATES = ("dollar_renewal_rate", "net_renewal_rate", "logo_renewal_rate")


def renewals(root, text: str, **more: str) -> World:
    """Renewals of three customers of two CSMs."""
    return World(root, "renewals", accounts=ACCOUNTS, csms=CSMS, renewals=text, **more)


def test_what_a_net_rate_hides_stands_beside_it(tmp_path):
    """Of the same three: 120 lost of 300, whatever the upgrade; share and capped rate are 100 % together."""
    world = renewals(tmp_path, THREE)
    loss = ("renewal_loss", "renewal_loss_rate")
    assert world.at(AS_OF).of(*loss) == (120, 0.4)
    for suffix in ("_last_quarter", "_year"):
        assert world.at("2026-06-30").of(*[f"{name}{suffix}" for name in loss]) == (120, 0.4)
    assert world.at("2025-12-31").of(*loss) == (0, None)


def test_early_and_late_renewals_count_when_they_were_due(tmp_path):
    """Three of 100 due in a quarter, one at 80, one at 130 in December, one lost: dollars 60 %, net 70 %, customers 67 %."""
    world = renewals(tmp_path, THREE)
    assert world.at(AS_OF).of(*RATES) == (0.6, 0.7, round(2 / 3, 6))
    assert world.at(AS_OF).n("dollar_renewal_rate") == 3
    assert world.at(AS_OF).n("logo_renewal_rate") == 3
    assert world.at("2025-12-31").of(*RATES) == (None, None, None)  # nothing was due: neither 0 % nor 200 %
    assert world.at("2025-12-31")("due_value") == 0
    later = [f"{name}_last_quarter" for name in RATES]
    assert world.at("2026-06-30").of(*later) == (0.6, 0.7, round(2 / 3, 6))
    assert world.at("2026-06-30").of(*[f"{name}_year" for name in RATES]) == (0.6, 0.7, round(2 / 3, 6))


def test_a_renewal_that_is_late_counts_in_its_quarter(tmp_path):
    """Open past its date it is not renewed; once it closes, the quarter in which it was due has it."""
    world = renewals(
        tmp_path,
        """
        renewal_id, account_id, recorded_on, due_date, due, renewed, closed_on
        1, A, 2025-03-01, 2026-03-20, 100, 100, 2026-04-10
        """,
    )
    assert world.at(AS_OF).of("dollar_renewal_rate", "overdue_value", "logo_renewal_rate") == (0, 100, 0)
    found = world.at("2026-04-30")
    assert found.of("dollar_renewal_rate_last_quarter", "overdue_value", "dollar_renewal_rate") == (1, 0, None)


def test_lost_renewals_are_counted_among_those_a_rate_rests_on(tmp_path):
    """With everything lost the rate is 0 of three, not no data of none."""
    world = renewals(tmp_path, THREE.replace(", 80,", ", 0,").replace(", 130,", ", 0,"))
    found = world.at(AS_OF)
    assert found.of(*RATES) == (0, 0, 0)
    assert [found.n(name) for name in RATES] == [3, 3, 3]


def test_one_of_two_renewals_keeps_the_customer(tmp_path):
    """By customer: who renews one of two contracts has stayed; by dollars half is lost."""
    world = renewals(
        tmp_path,
        """
        renewal_id, account_id, recorded_on, due_date, due, renewed, closed_on
        1, A, 2025-03-01, 2026-02-01, 50, 50, 2026-01-30
        2, A, 2025-03-01, 2026-02-01, 50, 0, 2026-01-30
        """,
    )
    assert world.at(AS_OF).of(*RATES, subject="csm", key="C1") == (0.5, 0.5, 1)
    assert world.at(AS_OF).of(*RATES, subject="csm", key="C2") == (None, None, None)


OPPORTUNITIES = """
    opportunity_id, account_id, kind, opened_on, closed_on, won, arr, sold_by, sourced_by
    1, A, expansion, 2026-01-10, 2026-02-10, true, 10, C2, C1
    2, A, expansion, 2026-01-10, 2026-02-10, true, 20, C1, C3
    3, C, expansion, 2026-01-10, 2026-02-10, true, 40, C1, C3
    4, C, expansion, 2026-01-10, 2026-02-10, false, 80, C1, C1
    5, C, expansion, 2026-01-10, 2026-04-10, true, 160, C1, C1
    6, C, renewal, 2026-01-10, 2026-02-10, true, 320, C1, C1
"""


def test_three_attributions_of_a_purchase(tmp_path):
    """Sold by, sourced by, or all purchases of the customers: each purchase once in each, what is open in none."""
    found = World(tmp_path, "expansion", accounts=ACCOUNTS, csms=CSMS, opportunities=OPPORTUNITIES).at(AS_OF)
    ways = ("expansion_sold", "expansion_sourced", "expansion_won")
    assert found.of(*ways, subject="csm", key="C1") == (60, 10, 30)
    assert found.of(*ways, subject="csm", key="C2") == (10, 0, 40)
    assert found.of(*ways, subject="csm", key="C3") == (0, 60, 0)
    assert found.of("expansion_won", "expansion_win_rate", "open_opportunities") == (70, 0.75, 1)


def test_expansion_as_a_share_of_all_revenue(tmp_path):
    """Expansion of a year by all revenue, new customers too: another figure than the growth of existing ones."""
    found = World(
        tmp_path,
        "expansion",
        "retention",
        accounts=ACCOUNTS,
        csms=CSMS,
        opportunities=OPPORTUNITIES,
        contracts="contract_id, account_id, start_date, arr\n1, A, 2025-01-01, 100\n2, A, 2026-02-10, 30\n3, C, 2026-02-10, 220",
    ).at(AS_OF)
    assert found.of("expansion_share_of_revenue", "expansion_rate") == (0.2, 0.3)


TARGETS = """
    target_id, csm_id, metric, period_start, amount
    1, C1, expansion_won, 2025-10-01, 50
    2, C1, expansion_won, 2026-01-01, 90
    3, C2, expansion_won, 2026-01-01, 90
    4, C3, expansion_won, 2026-01-01, 90
    5, C1, dollar_renewal_rate, 2026-01-01, 0.95
"""


def test_a_target_belongs_to_its_person_and_period(tmp_path):
    """A target of the quarter before is none of this one; no target is no data."""
    world = World(tmp_path, "targets", csms=CSMS, targets=TARGETS)
    shown = ("expansion_target", "renewal_rate_target")
    assert world.at(AS_OF).of(*shown, subject="csm", key="C1") == (90, 0.95)
    assert world.at("2025-12-31").of(*shown, subject="csm", key="C1") == (50, None)
    assert world.at("2026-04-01").of(*shown, subject="csm", key="C1") == (None, None)


def test_a_target_without_a_period_is_none(tmp_path):
    """A row that does not say for when is no target, for any quarter: no data, and no number made up."""
    world = World(
        tmp_path,
        "targets",
        csms=CSMS,
        targets="target_id, csm_id, metric, period_start, amount\n1, C1, expansion_won, , 90",
    )
    assert world.at(AS_OF).of("expansion_target", "expansion_target_prorated", subject="csm", key="C1") == (None, None)


def test_targets_follow_presence_and_ramp(tmp_path):
    """Leave, a late start and an early end lower an amount; a newcomer is not held to all of it."""
    world = World(
        tmp_path,
        "absences",
        csms=CSMS,
        targets=TARGETS,
        absences="absence_id, csm_id, from_day, to_day\n1, C1, 2025-12-20, 2026-01-18\n2, C1, 2026-06-01, 2026-06-09",
    )
    found = world.at("2026-02-15")  # of the whole quarter, whatever has passed of it
    shown = ("quarter_days", "employed_days", "absent_days", "presence", "ramp", "expansion_target_prorated")
    assert found.of(*shown, subject="csm", key="C1") == (90, 90, 18, 0.8, 1, 72)
    assert found.of(*shown, subject="csm", key="C2") == (90, 59, 0, round(59 / 90, 6), 0.5, 29.5)
    assert found.of(*shown, subject="csm", key="C3") == (90, 45, 0, 0.5, 1, 45)


def test_nobody_is_held_to_a_target_of_nothing(tmp_path):
    """Away all quarter: no data, for any sale would be endlessly more than a target of 0."""
    world = World(
        tmp_path, "absences", csms=CSMS, targets=TARGETS, absences="absence_id, csm_id, from_day\n1, C1, 2025-12-01"
    )
    found = world.at(AS_OF)
    assert found.of("presence", "expansion_target_prorated", subject="csm", key="C1") == (0, None)


def test_without_a_table_of_leave_nobody_was_away(tmp_path):
    """Absences are a layer of their own: targets alone have no such table, and presence is by the days in the firm."""
    world = World(tmp_path, "targets", csms=CSMS, targets=TARGETS)
    assert "absences" not in world.rules.tables
    shown = ("absent_days", "presence", "expansion_target_prorated")
    assert world.at("2026-02-15").of(*shown, subject="csm", key="C1") == (0, 1, 90)
    assert world.at("2026-02-15").of(*shown, subject="csm", key="C3") == (0, 0.5, 45)


def test_a_team_is_held_to_its_own_target(tmp_path):
    """The team's rate is of all its renewals, and its target is its own: no mean of persons."""
    world = World(
        tmp_path,
        "teams",
        accounts=ACCOUNTS,
        csms=CSMS,
        contracts="contract_id, account_id, start_date, arr\n1, A, 2025-01-01, 100\n2, C, 2025-01-01, 300",
        renewals="""
            renewal_id, account_id, recorded_on, due_date, due, renewed, closed_on
            1, A, 2025-03-01, 2026-02-01, 300, 300, 2026-02-01
            2, C, 2025-03-01, 2026-03-01, 100, 0, 2026-03-02
        """,
        team_targets="target_id, team, metric, period_start, amount\n1, west, dollar_renewal_rate, 2026-01-01, 0.9",
    )
    found = world.at(AS_OF)
    shown = ("dollar_renewal_rate", "team_renewal_rate_target", "csm_count", "arr_per_csm", "customers_per_csm")
    assert found.of(*shown, subject="team", key="west") == (0.75, 0.9, 2, 200, 1)
    assert found.of(*shown, subject="team", key="east") == (None, None, 0, None, None)
    assert found("csm_count") == 2  # who has left is none


def test_a_young_customers_cut_is_seen(tmp_path):
    """A customer of four months who renewed for half of it, and one whose renewal nobody has closed."""
    world = World(
        tmp_path,
        "renewals",
        accounts="account_id, csm_id, signed_up\nA, C1, 2025-12-01\nB, C1, 2025-12-01",
        csms=CSMS,
        renewals="""
            renewal_id, account_id, recorded_on, due_date, due, renewed, closed_on
            1, A, 2025-12-01, 2026-02-28, 100, 50, 2026-02-20
            2, A, 2026-02-20, 2026-05-31, 50, 50, 2026-03-20
            3, B, 2025-12-01, 2026-02-28, 100, ,
        """,
    )
    shown = ("last_renewal", "overdue_renewals", "overdue_value")
    assert world.at(AS_OF).of(*shown, subject="account", key="A") == (0.5, 0, 0)
    assert world.at(AS_OF).of(*shown, subject="account", key="B") == (None, 1, 100)
    assert world.at("2026-06-30")("last_renewal", "account", "A") == 1  # early, and counted when it was due
    assert world.at("2026-02-28")("overdue_renewals", "account", "B") == 1
    assert world.at("2026-08-26")("overdue_renewals", "account", "B") == 1
    assert world.at("2026-08-27")("overdue_renewals", "account", "B") == 0  # of 180 days
