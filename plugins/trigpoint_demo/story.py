"""The made-up company, and the story of each of its accounts: who it is, what becomes of it, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import frozen

from trigpoint_demo.dice import Dice
from trigpoint_demo.fates import STEADY, Fate, drawn
from trigpoint_demo.names import INDUSTRIES, REGIONS, firm

DAY = dt.timedelta(days=1)
HISTORY_DAYS = 548  # 18 months
BOOK = 36  # accounts of a CSM, on average
WITHOUT_FACTS = 2  # the number of the account that was entered and nothing else
ONBOARDING_DAYS = 90

ROLES = ("strategic", "commercial", "scaled")
# Of a CSM's accounts, by role: the share of the first segment, the rest belongs to the second.
_SEGMENTS: Mapping[str, tuple[float, str, str]] = {
    "strategic": (0.45, "enterprise", "mid_market"),
    "commercial": (0.55, "mid_market", "smb"),
    "scaled": (0.95, "smb", "mid_market"),
}
_SEATS = {"enterprise": (30, 90), "mid_market": (10, 28), "smb": (3, 9)}
_ARR = {"enterprise": (60_000, 240_000), "mid_market": (15_000, 60_000), "smb": (2_400, 12_000)}
_PLANS = {
    "enterprise": ("business", "business", "team"),
    "mid_market": ("team", "business", "team"),
    "smb": ("starter", "starter", "team"),
}
FEATURES = {"starter": 6, "team": 9, "business": 12}


@frozen
class Company:
    """A made-up company: the same seed, number of accounts and last day give the same rows."""

    seed: int
    accounts: int
    until: dt.date

    @property
    def start(self) -> dt.date:
        """The first day of the history."""
        return self.until - HISTORY_DAYS * DAY

    @property
    def csms(self) -> int:
        """How many customer success managers there are."""
        return max(2, round(self.accounts / BOOK))

    def dice(self, number: int, topic: str) -> Dice:
        """The draws of one account about one topic."""
        return Dice(self.seed, number, topic)

    def csm_of(self, number: int, dice: Dice) -> int:
        """The CSM of an account; strategic ones hand some of theirs on, so that books differ in size."""
        csm = number % self.csms
        if ROLES[csm % 3] == "strategic" and dice.chance(0.2):
            return (csm + 2) % self.csms
        return csm


@frozen
class Story:
    """One account. Trouble begins on `turn` and ends on `decision`, the due date of a renewal; None: no trouble."""

    number: int
    id: str
    name: str
    segment: str
    plan: str
    region: str
    industry: str
    csm: int
    signed_up: dt.date
    term_years: int
    seats: int
    arr: int
    fate: Fate
    base: float
    decision: dt.date
    turn: dt.date | None
    lost: bool

    def last_day(self, until: dt.date) -> dt.date:
        """The last day on which anything happens."""
        return min(until, self.decision) if self.lost else until

    def trouble(self, day: dt.date) -> float:
        """0 without trouble, growing to 1 at the decision; of a saved account little remains."""
        if self.turn is None or day <= self.turn:
            return 0.0
        if day > self.decision:
            return 0.2
        return (day - self.turn).days / (self.decision - self.turn).days

    def level(self, day: dt.date) -> float:
        """The share of the seats that is in use: ramps up in the onboarding, falls with trouble."""
        age_days = (day - self.signed_up).days
        ramp = min(1.0, 0.3 + 0.7 * age_days / ONBOARDING_DAYS)
        grown = min(1.0, self.base + self.fate.growth * min(1.0, age_days / 365))
        return ramp * grown * (1 - self.fate.usage_drop * self.trouble(day))

    def mood(self, day: dt.date) -> float:
        """0 (furious) to 1 (delighted)."""
        return (0.30 + 0.60 * self.base) * (1 - self.fate.mood_drop * self.trouble(day))


def story(company: Company, number: int) -> Story:
    """The story of account `number` (1 to the number of accounts)."""
    dice = company.dice(number, "story")
    csm = company.csm_of(number, dice)
    share, first, second = _SEGMENTS[ROLES[csm % 3]]
    segment = first if dice.chance(share) else second
    region = dice.pick(REGIONS)
    signed_up = _no_leap_day(company.until - dice.whole(20, 1_800) * DAY)
    term_years = 2 if segment == "enterprise" and dice.chance(0.3) else 1
    fate, turn, decision, lost = _course(company, signed_up, term_years, dice)
    return Story(
        number=number,
        id=f"A-{number:04d}",
        name=firm(number, region, dice),
        segment=segment,
        plan=dice.pick(_PLANS[segment]),
        region=region,
        industry=dice.pick(INDUSTRIES),
        csm=csm,
        signed_up=signed_up,
        term_years=term_years,
        seats=dice.whole(*_SEATS[segment]),
        arr=dice.whole(_ARR[segment][0] // 300, _ARR[segment][1] // 300) * 300,
        fate=fate,
        base=dice.between(*fate.base),
        turn=turn,
        decision=decision,
        lost=lost,
    )


def due_dates(signed_up: dt.date, term_years: int, until: dt.date) -> list[dt.date]:
    """When its contracts end, up to and with the first one after `until`."""
    dates = [signed_up.replace(year=signed_up.year + term_years)]
    while dates[-1] <= until:
        dates.append(dates[-1].replace(year=dates[-1].year + term_years))
    return dates


def _course(
    company: Company, signed_up: dt.date, term_years: int, dice: Dice
) -> tuple[Fate, dt.date | None, dt.date, bool]:
    """Fate, turn, decision and whether it is lost; an account without a renewal in reach has no trouble."""
    fate, when, fall_days, loss = drawn(dice.roll()), dice.roll(), dice.whole(130, 210), dice.roll()
    dues = due_dates(signed_up, term_years, company.until)
    reach = [due for due in dues if company.start + 200 * DAY < due < company.until + 150 * DAY]
    if not reach:
        return (STEADY if fate.troubled else fate), None, dues[-1], False
    decision = reach[-1] if when < 0.85 else reach[0]  # rather the later one: those are the accounts to look at now
    turn = decision - fall_days * DAY if fate.troubled else None
    return fate, turn, decision, loss < fate.loss


def _no_leap_day(day: dt.date) -> dt.date:
    """An anniversary needs a day that every year has."""
    return day.replace(day=28) if day.day > 28 else day
