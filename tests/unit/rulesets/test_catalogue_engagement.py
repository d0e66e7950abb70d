"""Adoption, onboarding, surveys, relationships, tickets, advocacy, reporting, cost and guidance by the catalogue."""

from __future__ import annotations

import pytest

from support.catalogue import World

AS_OF = "2026-03-31"
ACCOUNTS = """
    account_id, name, segment, csm_id, signed_up
    A, Acme, mid_market, C1, 2023-01-01
    B, Bolt, mid_market, C1, 2023-01-01
    C, Cole, smb, C2, 2023-01-01
"""
CSMS = "csm_id, name, team\nC1, Cy, west\nC2, Di, west"
CONTRACTS = """
    contract_id, account_id, start_date, arr, seats, features_included
    1, A, 2025-01-01, 100, 4, 5
    2, B, 2025-01-01, 100, 4, 10
    3, C, 2025-01-01, 100, 4, 5
"""


def world(root, *topics: str, **tables: str) -> World:
    """Three customers of two CSMs, with four seats each."""
    found = World(root, *topics, **{"accounts": ACCOUNTS, "csms": CSMS, **tables})
    if "contracts" in found.rows and "contracts" not in tables:
        return World(root, *topics, **{"accounts": ACCOUNTS, "csms": CSMS, "contracts": CONTRACTS, **tables})
    return found


def test_adoption_is_judged_by_what_was_bought(tmp_path):
    """Seats in use of those paid for may exceed 1; breadth goes by the plan; weekends are no working days."""
    found = world(
        tmp_path,
        "adoption",
        usage="""
            account_id, user_id, day, feature, events
            A, u1, 2026-03-30, f1, 1
            A, u1, 2026-03-31, f2, 1
            A, u2, 2026-03-31, f1, 1
            A, u3, 2026-03-29, f1, 1
            A, u4, 2026-03-31, f1, 0
            A, u5, 2026-01-31, f1, 1
            B, u1, 2026-03-31, f1, 1
            B, u2, 2026-03-31, f1, 1
            B, u3, 2026-03-31, f1, 1
            B, u4, 2026-03-31, f1, 1
            B, u5, 2026-03-31, f1, 1
        """,
    ).at(AS_OF)
    shown = ("seat_utilisation", "adoption_breadth", "stickiness", "days_since_use")
    assert found.of(*shown, subject="account", key="A") == (0.75, 0.4, 0.05, 0)
    assert found.of(*shown[:2], subject="account", key="B") == (1.25, 0.1)
    assert found.of(*shown, subject="account", key="C") == (0, 0, None, None)
    assert found("adoption_reach") == round(2 / 3, 6)


def test_unfinished_onboardings_count(tmp_path):
    """Public bug: the mean of those who finished. Here the slow and the open ones are in the second number."""
    projects = """
        project_id, account_id, booked_on, went_live_on, first_value_on
        1, A, 2025-06-01, 2025-07-01, 2025-06-20
        2, A, 2025-09-01, 2026-02-01, 2025-10-01
        3, B, 2025-06-01, ,
        4, C, 2025-06-01, 2026-05-01, 2025-06-05
        5, C, 2026-03-20, 2026-03-25, 2026-03-22
    """
    found = world(tmp_path, "onboarding", projects=projects).at(AS_OF)
    shown = ("live_within_12_weeks", "value_within_6_weeks", "onboardings_open")
    assert found.of(*shown) == (0.25, 0.75, 2)  # the one of last week has not had its time; nobody knows of May
    assert found.n("live_within_12_weeks") == 4
    assert found("oldest_onboarding_weeks") == round(303 / 7, 6)


def answers(kind: str, *scores: int) -> list[str]:
    """Answers of one account to a survey, the oldest first."""
    return [f"{kind}{n}, A, {kind}, 2026-02-01, 2026-02-{n + 2:02d}, {score}" for n, score in enumerate(scores)]


def test_surveys_need_answers(tmp_path):
    """NPS from ten answers on, CSAT and CES from five; under that no data, with the number of answers beside it."""
    head = "survey_id, account_id, kind, sent_on, answered_on, score"
    lines = [
        *answers("nps", 10, 9, 9, 9, 8, 8, 7, 6, 3, 0),
        *answers("csat", 5, 4, 3, 4, 5),
        *answers("ces", 7, 6, 5, 4, 1),
        *answers("ces_effort", 1, 1, 2),
        "late, A, nps, 2026-02-01, 2026-04-02, 0",
        "none, A, nps, 2026-02-01, ,",
    ]
    made = world(tmp_path, "surveys", surveys="\n".join([head, *lines]))
    found = made.at(AS_OF)
    assert found.of("nps", "nps_answers", "csat", "csat_answers") == (10, 10, 0.8, 5)
    assert found.of("ces", "ces_effort", "ces_answers") == (0.6, None, 8)  # the versions are never mixed
    assert found("survey_response_rate") == 0.92
    assert found("survey_response_rate", "csm", "C1") == 0.92
    assert made.at("2026-02-10").of("nps", "nps_answers") == (None, 9)
    assert made.rules.metrics["ces"].better == "higher"
    assert made.rules.metrics["ces_effort"].better == "lower"


def test_depth_falls_when_an_executive_leaves(tmp_path):
    """Different executives in meetings that were held, as long as they are there."""
    made = world(
        tmp_path,
        "relationships",
        contacts="""
            contact_id, account_id, role, started_on, left_on
            x, A, executive_sponsor, 2024-01-01, 2026-03-15
            y, A, executive_sponsor, 2024-01-01,
            z, A, champion, 2024-01-01, 2026-03-15
        """,
        meetings="""
            meeting_id, account_id, contact_id, day, kind, held, with_executive
            1, A, x, 2026-02-01, review, true, true
            2, A, y, 2026-02-01, check_in, true, true
            3, A, y, 2026-02-20, check_in, true, true
            4, B, v, 2026-03-01, review, false, true
            5, C, w, 2026-03-01, review, true, false
        """,
    )
    shown = ("executive_depth", "champions", "champions_left", "roles_covered")
    assert made.at("2026-03-14").of(*shown, subject="account", key="A") == (2, 1, 0, 2)
    assert made.at(AS_OF).of(*shown, subject="account", key="A") == (1, 0, 1, 1)
    assert made.at(AS_OF).of(*shown, subject="account", key="B") == (0, None, 0, None)
    assert made.at(AS_OF)("executive_coverage") == round(1 / 3, 6)
    # Held, not scheduled, of the two that are entitled to one.
    assert made.at(AS_OF).of("review_coverage") == (0.5,)
    assert made.at(AS_OF).n("review_coverage") == 2


def test_tickets_that_nobody_solved_count(tmp_path):
    """A ticket that is open for longer than a week is not solved within a week; one of today is in neither number."""
    found = world(
        tmp_path,
        "tickets",
        tickets="""
            ticket_id, account_id, opened_at, closed_at, priority, first_response_minutes
            1, A, 2026-03-01 10:00, 2026-03-02 10:00, p1, 30
            2, A, 2026-03-01 10:00, , p2, 30
            3, A, 2026-03-01 10:00, 2026-04-02 10:00, p3,
            4, A, 2026-03-30 10:00, , p1, 90
        """,
    ).at(AS_OF)
    assert found.of("solved_within_a_week", "first_response_in_time") == (round(1 / 3, 6), 0.5)
    shown = ("open_tickets", "open_p1", "urgent_tickets", "oldest_open_days", "tickets_28d")
    assert found.of(*shown, subject="account", key="A") == (3, 1, 3, 30, 1)


def test_references_and_referrals(tmp_path):
    """The newest word of a customer counts; pipeline is what was open on the date."""
    made = world(
        tmp_path,
        "advocacy",
        advocacy="""
            reference_id, account_id, kind, day, status, pipeline, closed_on
            1, A, reference, 2025-06-01, agreed, ,
            2, A, reference, 2026-01-01, withdrawn, ,
            3, B, reference, 2025-06-01, given, ,
            4, A, referral, 2026-01-10, won, 50, 2026-03-01
            5, A, referral, 2026-01-10, lost, 70, 2026-03-02
            6, B, referral, 2026-02-10, open, 90,
        """,
    )
    shown = ("reference_rate", "referral_pipeline", "referral_won", "referral_win_rate", "referrals")
    assert made.at(AS_OF).of(*shown) == (round(1 / 3, 6), 90, 50, 0.5, 3)
    assert made.at("2026-02-15").of(*shown) == (round(1 / 3, 6), 210, 0, None, 3)
    assert made.at("2025-12-31")("reference_rate") == round(2 / 3, 6)


def test_scorecards_never_handed_in_are_late(tmp_path):
    """Of all that were due, asked of who owed them; the past shows what was missing then."""
    made = world(
        tmp_path,
        "reporting",
        readings="""
            reading_id, account_id, csm_id, due_on, submitted_on, pulse, goals_agreed, goals_on_track
            1, A, C1, 2026-01-05, 2026-01-03, green, 3, 2
            2, A, C1, 2026-02-05, 2026-02-08, green, 3,
            3, A, C1, 2026-03-05, , , ,
            4, A, C2, 2026-03-05, 2026-04-02, red, 3, 1
            5, A, C1, 2026-04-05, , , ,
        """,
    )
    found = made.at(AS_OF)
    shown = ("scorecard_timeliness", "scorecard_completeness", "scorecards_due", "scorecards_missing")
    assert found.of(*shown, subject="csm", key="C1") == (round(1 / 3, 6), round(5 / 9, 6), 3, 1)
    assert found.of(*shown, subject="csm", key="C2") == (0, 0, 1, 1)
    assert found.of(*shown) == (0.25, round(5 / 12, 6), 4, 2)
    assert made.at("2026-06-30").of("scorecard_timeliness_last_quarter") == (0.25,)
    assert made.at("2025-12-31").of(*shown) == (None, None, 0, 0)


def test_cost_of_a_dollar(tmp_path):
    """Cost against what was kept and added in twelve months; no costs on record are no data, not free."""
    tables = {
        "renewals": """
            renewal_id, account_id, recorded_on, due_date, due, renewed, closed_on
            1, A, 2025-01-01, 2026-02-01, 100, 80, 2026-01-30
            2, C, 2025-01-01, 2026-02-01, 100, 0, 2026-01-30
        """,
        "opportunities": """
            opportunity_id, account_id, kind, opened_on, closed_on, won, arr
            1, A, expansion, 2025-06-01, 2025-07-01, true, 20
        """,
        "costs": "cost_id, csm_id, day, activity, amount\n1, C1, 2026-01-31, renew, 10\n2, C1, 2025-05-31, expand, 5\n"
        "3, C1, 2025-06-30, support, 15",
    }
    found = world(tmp_path, "cost", **tables).at(AS_OF)
    shown = ("cost_to_renew", "cost_to_expand", "cs_margin")
    assert found.of(*shown) == (0.125, 0.25, 0.5)
    assert found.of(*shown, subject="csm", key="C1") == (0.125, 0.25, 0.5)
    assert found.of(*shown, subject="csm", key="C2") == (None, None, None)


CUES = """
    cue_id, account_id, kind, fired_at, answered_at, limit_hours, channel, cost
    1, A, stuck, 2026-02-01 10:00, 2026-02-01 20:00, 24, call, 40
    2, B, stuck, 2026-02-01 10:00, 2026-02-04 10:00, 24, mail, 10
    3, C, stuck, 2026-02-01 10:00, , 24, ,
    4, C, idle, 2026-03-30 10:00, , 72, ,
    5, C, idle, 2026-03-31 10:00, 2026-03-31 11:00, 72, call, 40
"""


def test_the_last_day_of_a_quarter_counts_to_its_end(tmp_path):
    """What fired in the morning with an hour's limit is late by the evening: the as-of date has its whole day."""
    cues = "cue_id, account_id, kind, fired_at, answered_at, limit_hours, channel, cost\n" + "\n".join(
        f"{number}, A, stuck, 2026-03-31 08:00, , 1, ," for number in range(9)
    )
    found = world(tmp_path, "guidance", cues=cues + "\n9, A, stuck, 2026-03-31 08:00, 2026-03-31 08:30, 1, call, 1").at(
        AS_OF
    )
    assert found("response_on_time") == 0.1


def test_cues_that_nobody_answered_are_late(tmp_path):
    """Answered in time, of the answered ones and those past their limit; what still has time is in neither number."""
    made = world(tmp_path, "guidance", cues=CUES)
    found = made.at(AS_OF)
    assert found.of("response_on_time", "guided_within_a_day") == (0.5, 0.25)
    assert found.n("response_on_time") == 4
    assert found("response_on_time", "cue_kind", "stuck") == round(1 / 3, 6)
    assert found.of("open_cues", "cues_28d") == (2, 2)
    assert found.of("hours_to_guidance", "guided", subject="cue", key="2") == (72, True)
    assert made.at("2026-02-01")("response_on_time") == 1  # the others still had time, or were not answered yet
    assert made.at("2026-02-02")("response_on_time") == round(1 / 3, 6)  # by the end of that day they had not
    assert made.at("2026-02-02")("open_cues") == 2


def test_the_effect_is_against_cues_without_guidance(tmp_path):
    """Use doubled where a cue was answered, and grew by half where none was: the effect is 0.5, not 1."""
    days = [("A", "2026-01-20", 10), ("A", "2026-02-10", 20), ("B", "2026-01-20", 10), ("B", "2026-02-10", 20)]
    days += [("C", "2026-01-20", 10), ("C", "2026-02-10", 15), ("A", "2026-02-01", 99), ("C", "2026-03-05", 99)]
    usage = "\n".join(
        ["account_id, user_id, day, events", *(f"{key}, u, {day}, {events}" for key, day, events in days)]
    )
    made = world(tmp_path, "guidance", cues=CUES, usage=usage)
    found = made.at(AS_OF)
    changes = ("use_before", "use_after", "use_change")
    assert found.of(*changes, subject="cue", key="1") == (10, 20, 1)
    assert found.of(*changes, subject="cue", key="3") == (10, 15, 0.5)
    assert found("use_change", "cue", "4") is None  # 28 days have not passed
    shown = ("guidance_effect", "guidance_cost_each", "guidance_cost")
    assert found.of(*shown, subject="cue_kind", key="stuck") == (0.5, 25, 50)
    assert found.of(*shown, subject="cue_kind", key="idle") == (None, 40, None)
    assert found("guidance_cost_each", "channel", "mail") == 10
    assert found.of("guidance_effect_overall", "guidance_cost_each", "guidance_cost_overall") == (0.5, 30, 60)
    assert found("guided_cues", "cue_kind", "stuck") == 2


def test_no_effect_has_no_price(tmp_path):
    """Guidance after which use grew less than without it: cost per effect is no data, not a bargain below 0."""
    days = [("A", "2026-01-20", 10), ("A", "2026-02-10", 5), ("C", "2026-01-20", 10), ("C", "2026-02-10", 15)]
    usage = "\n".join(
        ["account_id, user_id, day, events", *(f"{key}, u, {day}, {events}" for key, day, events in days)]
    )
    found = world(tmp_path, "guidance", cues=CUES, usage=usage).at(AS_OF)
    assert found.of("guidance_effect", "guidance_cost", subject="cue_kind", key="stuck") == (-1, None)


@pytest.mark.parametrize(
    ("topic", "metrics"),
    [
        ("tickets", ["ticket_satisfaction", "solved_within_a_week"]),
        ("surveys", ["nps", "csat", "ces", "survey_response_rate"]),
        ("onboarding", ["live_within_12_weeks", "value_within_6_weeks"]),
        ("reporting", ["scorecard_timeliness", "scorecard_completeness"]),
        ("guidance", ["response_on_time", "guidance_effect_overall", "guidance_cost_overall"]),
        ("renewals", ["dollar_renewal_rate", "net_renewal_rate", "logo_renewal_rate"]),
        ("cost", ["cs_cost_year", "cost_to_renew", "cost_to_expand", "cs_margin"]),
        ("expansion", ["expansion_share_of_revenue", "expansion_win_rate"]),
    ],
)
def test_missing_facts_are_no_data(tmp_path, topic, metrics):
    """Public bug: `except: return 0`. A rate of nothing is no data, never 0 and never 100 %."""
    found = World(tmp_path, topic, accounts=ACCOUNTS, csms=CSMS).at(AS_OF)
    assert found.of(*metrics) == (None,) * len(metrics)
