"""The tables of the relationship: contacts, meetings, surveys, and the CSMs' own readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from attrs import frozen

from trigpoint import Cell
from trigpoint_demo.book import csm_id
from trigpoint_demo.dice import Dice
from trigpoint_demo.names import person
from trigpoint_demo.story import DAY, WITHOUT_FACTS, Company, Story

Row = tuple[Cell, ...]

CONTACTS = ("contact_id", "account_id", "name", "role", "started_on", "left_on")
MEETINGS = ("meeting_id", "account_id", "csm_id", "contact_id", "day", "kind", "held", "with_executive")
SURVEYS = ("survey_id", "account_id", "contact_id", "kind", "sent_on", "answered_on", "score")
READINGS = ("reading_id", "account_id", "csm_id", "due_on", "submitted_on", "pulse", "goals_agreed", "goals_on_track")

_CADENCE_DAYS = {"enterprise": 18, "mid_market": 36, "smb": 72}
_PEOPLE = {"enterprise": 7, "mid_market": 5, "smb": 3}
_ROLES = ("champion", "executive_sponsor", "administrator", "champion", "user", "user", "user")


@frozen
class Contact:
    """Somebody at the customer, who may leave."""

    id: str
    name: str
    role: str
    started_on: dt.date
    left_on: dt.date | None

    def there(self, day: dt.date) -> bool:
        """Whether they work there on that day."""
        return self.started_on <= day and (self.left_on is None or day < self.left_on)


def contacts(company: Company, account: Story) -> Iterator[Row]:
    """The people the CSM knows by name."""
    for each in _people(company, account):
        yield (each.id, account.id, each.name, each.role, each.started_on, each.left_on)


def meetings(company: Company, account: Story) -> Iterator[Row]:
    """Planned meetings; in trouble many do not take place, and later ones are not even planned."""
    if account.number == WITHOUT_FACTS:
        return
    dice, people = company.dice(account.number, "meetings"), _people(company, account)
    last, cadence = account.last_day(company.until), _CADENCE_DAYS[account.segment]
    day, number = max(company.start, account.signed_up) + dice.whole(1, cadence) * DAY, 0
    while day <= last:
        trouble = account.trouble(day)
        fails, planned, whom = (
            dice.chance(0.07 + account.fate.silence * min(0.9, 1.5 * trouble)),
            dice.chance(0.5),
            dice.roll(),
        )
        executive, topic = dice.chance(0.3), dice.roll()
        there = [each for each in people if each.there(day)]
        if there and (planned or not fails):
            number += 1
            contact = there[int(whom * whom * len(there))]
            kind = "review" if topic < 0.25 else "training" if topic < 0.4 else "check_in"
            sponsor = contact.role == "executive_sponsor" or (kind == "review" and executive)
            yield (
                f"M-{account.id[2:]}-{number:03d}",
                account.id,
                csm_id(account.csm),
                contact.id,
                day,
                kind,
                not fails,
                sponsor,
            )
        day += dice.whole(cadence * 3 // 4, cadence * 5 // 4) * DAY


def surveys(company: Company, account: Story) -> Iterator[Row]:
    """An NPS question to two people about every five months; some never answer."""
    if account.number == WITHOUT_FACTS:
        return
    dice, people = company.dice(account.number, "surveys"), _people(company, account)
    last, number = account.last_day(company.until), 0
    day = max(company.start, account.signed_up + 60 * DAY) + dice.whole(0, 120) * DAY
    while day <= last:
        for each in [one for one in people if one.there(day)][:2]:
            trouble = account.trouble(day)
            answers = dice.chance(0.7 * (1 - account.fate.silence * trouble))
            answered_on = day + dice.whole(0, 12) * DAY
            score = max(0, min(10, int(11 * (account.mood(day) + dice.between(-0.25, 0.2)))))
            known = answers and answered_on <= last
            number += 1
            yield (
                f"S-{account.id[2:]}-{number:02d}",
                account.id,
                each.id,
                "nps",
                day,
                answered_on if known else None,
                score if known else None,
            )
        day += dice.whole(130, 170) * DAY


def readings(company: Company, account: Story) -> Iterator[Row]:
    """Each month the CSM is to judge the account by the fifth; some do it late, or not at all."""
    if account.number == WITHOUT_FACTS:
        return
    dice = company.dice(account.number, "readings")
    diligence = 0.75 + 0.22 * Dice(company.seed, "diligence", account.csm).roll()
    last, number, goals = account.last_day(company.until), 0, dice.whole(2, 5)
    due = (max(company.start, account.signed_up) + 31 * DAY).replace(day=5)
    while due <= last:
        number += 1
        in_time, at_all = dice.chance(diligence), dice.chance(0.6)
        submitted = due + (dice.whole(-4, 0) if in_time else dice.whole(1, 14)) * DAY
        pulse, on_track = _judged(account, submitted, goals, dice)
        known = (in_time or at_all) and submitted <= last
        filled: Row = (submitted, pulse, goals, on_track) if known else (None, None, None, None)
        yield (f"D-{account.id[2:]}-{number:02d}", account.id, csm_id(account.csm), due, *filled)
        due = (due + 31 * DAY).replace(day=5)


def _judged(account: Story, day: dt.date, goals: int, dice: Dice) -> tuple[str, int]:
    """What the CSM makes of it: late to notice, sometimes wrong, blind to a quiet loss."""
    seen = account.trouble(day - 21 * DAY) * (0.3 if account.fate.hidden else 1.0) + dice.between(-0.15, 0.25)
    pulse = "red" if seen > 0.72 else "yellow" if seen > 0.32 else "green"
    share = account.mood(day) * (1 - 0.5 * account.fate.usage_drop * account.trouble(day))
    return pulse, max(0, min(goals, int(goals * (share + dice.between(-0.2, 0.35)))))


def _people(company: Company, account: Story) -> list[Contact]:
    """The contacts of an account, champions first; the champion's leaving is the turn of some accounts."""
    if account.number == WITHOUT_FACTS:
        return []
    dice, found = company.dice(account.number, "contacts"), []
    for number in range(_PEOPLE[account.segment]):
        name, role = person(dice), _ROLES[number]
        started = account.signed_up + int(dice.roll() * dice.roll() * 200) * DAY
        left: dt.date | None = started + dice.whole(200, 900) * DAY if dice.chance(0.10) and number else None
        after = dice.whole(5, 30) * DAY
        if role == "champion" and account.fate.champion_leaves and account.turn is not None:
            started, left = min(started, account.turn), account.turn + after
        if started <= company.until:
            found.append(
                Contact(
                    f"P-{account.id[2:]}-{number + 1}",
                    name,
                    role,
                    started,
                    left if left and left <= company.until else None,
                )
            )
    return found
