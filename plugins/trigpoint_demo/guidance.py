"""The table of cues: a customer is ready for guidance, and somebody answers in time, late, or never."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from trigpoint import Cell
from trigpoint_demo.assignments import holder, stretches
from trigpoint_demo.cast import cast
from trigpoint_demo.dice import Dice
from trigpoint_demo.story import DAY, WITHOUT_FACTS, Company, Story, due_dates

Row = tuple[Cell, ...]

CUES = ("cue_id", "account_id", "kind", "fired_at", "answered_at", "limit_hours", "channel", "cost")

_LIMIT_HOURS: Mapping[str, int] = {
    "champion_left": 24,
    "usage_drop": 48,
    "ticket_spike": 24,
    "user_stuck": 24,
    "onboarding_check": 48,
    "feature_unused": 72,
    "seats_full": 72,
    "renewal_ahead": 72,
}
_CADENCE_DAYS = {"enterprise": (90, 200), "mid_market": (60, 150), "smb": (35, 100)}
_CHANNELS: Mapping[str, tuple[str, ...]] = {
    "enterprise": ("call", "call", "email"),
    "mid_market": ("call", "email", "email"),
    "smb": ("in_app", "in_app", "email"),
}
_COST = {"call": (40, 90), "email": (8, 20), "in_app": (1, 3)}
UNREACHED = 0.3  # of cues at the height of trouble; so use falls more often after those that nobody answered


def cues(company: Company, account: Story) -> Iterator[Row]:
    """What fired for the account in the history; most are answered within their limit."""
    if account.number == WITHOUT_FACTS:
        return
    dice, held = company.dice(account.number, "cues"), stretches(company, account)
    first, last = max(company.start, account.signed_up), account.last_day(company.until)
    fired = sorted(each for each in _fired(company, account, dice) if first <= each[0] <= last)
    for number, (day, kind) in enumerate(fired, start=1):
        at = dt.datetime(day.year, day.month, day.day, dice.whole(6, 19), dice.whole(0, 59))
        slow = holder(held, day) == cast(company).slow
        minutes = _minutes(_LIMIT_HOURS[kind], dice, slow=slow, lost=UNREACHED * account.trouble(day))
        channel = dice.pick(_CHANNELS[account.segment])
        cost, answered = dice.whole(*_COST[channel]), at + dt.timedelta(minutes=minutes or 0)
        known = minutes is not None and answered.date() <= company.until
        filled: Row = (
            (answered, _LIMIT_HOURS[kind], channel, cost) if known else (None, _LIMIT_HOURS[kind], channel, None)
        )
        yield (f"Q-{account.id[2:]}-{number:03d}", account.id, kind, at, *filled)


def _fired(company: Company, account: Story, dice: Dice) -> Iterator[tuple[dt.date, str]]:
    """Trouble and growth fire cues, so do terms; the rest is the daily life of users."""
    yield account.signed_up + dice.whole(18, 40) * DAY, "onboarding_check"
    for due in due_dates(account.signed_up, account.term_years, company.until):
        yield due - dice.whole(95, 120) * DAY, "renewal_ahead"
    if account.turn is not None:
        after = dice.whole(15, 60)
        if account.fate.champion_leaves:
            yield account.turn + dice.whole(1, 20) * DAY, "champion_left"
        if account.fate.usage_drop > 0.3:
            yield account.turn + after * DAY, "usage_drop"
        if account.fate.ticket_rise > 1:
            yield account.turn + after * DAY, "ticket_spike"
    if account.fate.expands:
        yield account.signed_up + dice.whole(200, 700) * DAY, "seats_full"
    day = max(company.start, account.signed_up) + dice.whole(1, 60) * DAY
    while day <= company.until:
        yield day, dice.pick(("user_stuck", "user_stuck", "feature_unused"))
        day += dice.whole(*_CADENCE_DAYS[account.segment]) * DAY


def _minutes(limit_hours: int, dice: Dice, *, slow: bool, lost: float) -> int | None:
    """How long until the answer; None: never. `lost` is the share of those in trouble whom nobody reaches."""
    fate, share = dice.roll(), dice.roll()
    if fate < 0.02 + lost:
        return None
    if fate < (0.70 if slow else 0.12) + lost:
        return int(60 * limit_hours * (1.1 + (5 if slow else 2) * share))
    return int(60 * limit_hours * (0.04 + 0.9 * share * share))
