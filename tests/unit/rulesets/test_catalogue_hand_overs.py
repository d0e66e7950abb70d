"""Hand-overs by the files of the catalogue: whose a renewal, a target and a loss is."""

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
TARGETS = """
    target_id, csm_id, metric, period_start, amount
    1, C1, expansion_won, 2025-10-01, 50
    2, C1, expansion_won, 2026-01-01, 90
    3, C2, expansion_won, 2026-01-01, 90
    4, C3, expansion_won, 2026-01-01, 90
    5, C1, dollar_renewal_rate, 2026-01-01, 0.95
"""


def test_a_hand_over_moves_book_and_target(tmp_path):
    """An account handed over counts by its days, facts for the holder of their day, the cohort for the holder of today."""
    world = World(
        tmp_path,
        "retention",
        "assignments_renewals",
        "assignments_targets",
        accounts=ACCOUNTS,
        csms=CSMS,
        contracts="contract_id, account_id, start_date, arr\n1, A, 2025-01-01, 100\n2, B, 2025-01-01, 100",
        renewals=THREE,
        targets=TARGETS,
        assignments="""
            assignment_id, account_id, csm_id, from_day, to_day
            1, A, C1, 2024-01-01,
            2, B, C1, 2024-01-01, 2026-02-14
            3, B, C3, 2026-02-15,
        """,
    )
    found = world.at(AS_OF)
    shown = ("arr_held", "arr_held_at_start", "book_kept", "expansion_target_prorated")
    assert found.of(*shown, subject="csm", key="C1") == (150, 200, 0.75, 67.5)
    assert found.of(*shown, subject="csm", key="C3") == (50, None, None, 45)  # by presence
    assert found.of("dollar_renewal_rate", "gross_revenue_retention", subject="csm", key="C1") == (0.9, 1)
    assert found.of("dollar_renewal_rate", "cohort_customers", subject="csm", key="C3") == (None, 1)


HELD = """
    assignment_id, account_id, csm_id, from_day, to_day
    1, A, C1, 2024-01-01,
    2, B, C1, 2024-01-01,
"""


def held(root, line: str) -> World:
    """Two accounts of C1, and one of C2 by this assignment."""
    return World(
        root, "assignments_renewals", accounts=ACCOUNTS, csms=CSMS, renewals=THREE, assignments=f"{HELD}{line}"
    )


def test_a_lost_renewal_stays_with_who_lost_it(tmp_path):
    """Where the assignment ends with the customer the loss does not fall out of everybody's rate."""
    found = held(tmp_path, "3, C, C2, 2024-01-01, 2026-02-28").at(AS_OF)
    assert found("dollar_renewal_rate", "csm", "C1") == 0.9
    assert found("dollar_renewal_rate", "csm", "C2") == 0
    assert found.of("dollar_renewal_rate", "due_value_unheld") == (0.6, 0)


def test_a_renewal_that_nobody_held_is_told(tmp_path):
    """An account that was given to somebody only after its renewal was due is in nobody's rate: a warning says so."""
    world = held(tmp_path, "3, C, C2, 2026-03-15,")
    assert world.at(AS_OF).of("due_value", "due_value_held", "due_value_unheld") == (300, 200, 100)
    assert world.at(AS_OF)("dollar_renewal_rate", "csm", "C2") is None
    assert world.rules.asserts["renewals_are_held"].severity == "warning"


QUARTER = ("dollar_renewal_rate", "net_renewal_rate", "logo_renewal_rate", "due_value")


def test_all_figures_of_a_renewal_are_one_persons(tmp_path):
    """After a hand-over dollars and customers count for who held the account when it was due; retention for who has it now."""
    world = World(
        tmp_path,
        "retention",
        "assignments_renewals",
        accounts=ACCOUNTS,
        csms=CSMS,
        contracts="contract_id, account_id, start_date, end_date, arr\n1, C, 2024-01-01, 2026-02-28, 100",
        renewals=THREE,
        assignments=f"{HELD}3, C, C2, 2024-01-01, 2026-03-14\n4, C, C3, 2026-03-15,",
    )
    found = world.at(AS_OF)
    assert found.of(*QUARTER, subject="csm", key="C2") == (0, 0, 0, 100)
    assert found.of(*QUARTER, subject="csm", key="C3") == (None, None, None, 0)
    assert found("logo_retention", "csm", "C2") is None
    assert found("logo_retention", "csm", "C3") == 0


def test_assignments_need_neither_targets_nor_leave(tmp_path):
    """Who held what when is known from one table; what follows from it for renewals and targets lies in layers of its own."""
    world = World(tmp_path, "assignments")
    assert world.rules.tables.keys() == {"accounts", "csms", "contracts", "assignments"}
