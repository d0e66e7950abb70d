"""Random tables: subjects, and facts with ties, month ends, leap days, blanks, unknown owners and numbers of all sizes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from random import Random
from zoneinfo import ZoneInfo

from attrs import frozen

WORDS = ("red", "yellow", "green", "Grün", "Ärger", "çok İyi", " pad ", "it's", "日本", "ß", "𝔘", "Red")
NAMES = ("Acme", "Müller & Söhne", "株式会社", "O'Neil", "</script>", "Żółw", "Ünïcödé", "a'b\"c")


@frozen
class Size:
    """How much is made: subjects, and facts for each of them."""

    accounts: int
    facts_each: float
    csms: int = 3


@frozen
class FactTable:
    """A table of facts that is made: whom it belongs to, and whether its time is a `date` or a `timestamp`."""

    name: str
    owner: str
    owner_column: str
    time_type: str

    def columns(self) -> dict[str, str]:
        """Its columns with their types; all begin with the table's name, but for the owner's key."""
        kinds = {
            "time": self.time_type,
            "x": "number",
            "k": "integer",
            "huge": "number",
            "t": "text",
            "u": "text",
            "b": "boolean",
            "d": "date",
            "s": "timestamp",
            "start": "date",
            "end": "date",
            "known": "timestamp" if self.time_type == "date" else "date",
            "rep": "text",
        }
        named = {f"{self.name}_{name}": kind for name, kind in kinds.items()}
        return {f"{self.name}_id": "text", self.owner_column: "text", **named}


class Rows:
    """Makes cells and rows around an as-of date, in a zone."""

    def __init__(self, rng: Random, as_of: dt.date, zone: str) -> None:
        self.rng, self.as_of, self.zone = rng, as_of, ZoneInfo(zone)
        self.days = [self.day() for _ in range(12)]  # few days are used again and again: ties

    def day(self) -> dt.date:
        """A day within about 14 months before and one after; often an edge of something."""
        rng = self.rng
        form = rng.randrange(8)
        if form == 0:
            edge = rng.choice(
                [0, 1, 7, 14, 27, 28, 29, 30, 31, 56, 57, 59, 60, 89, 90, 91, 92, 181, 182, 364, 365, 366]
            )
            return self.as_of - dt.timedelta(days=edge + rng.randint(-1, 1))
        if form == 1:  # a month end, or the day after
            first = (self.as_of - dt.timedelta(days=rng.randint(-40, 420))).replace(day=1)
            return first - dt.timedelta(days=rng.randint(0, 1))
        if form == 2:
            return rng.choice([dt.date(2024, 2, 29), dt.date(2024, 2, 28), dt.date(2025, 2, 28), dt.date(2024, 3, 31)])
        if form < 6:
            return self.as_of - dt.timedelta(days=rng.randint(-3, 45))
        return self.as_of - dt.timedelta(days=int(rng.triangular(-35, 430, 20)))

    def moment(self, day: dt.date) -> dt.datetime:
        """A moment of that day in the zone, often its first or last, as a time in UTC with milliseconds."""
        clock = self.rng.choice([(0, 0, 0, 0), (23, 59, 59, 999), (12, 30, 0, 0), (self.rng.randrange(24), 1, 2, 0)])
        local = dt.datetime(day.year, day.month, day.day, *clock[:3], clock[3] * 1000, tzinfo=self.zone)
        return local.astimezone(dt.UTC)

    def cell(self, kind: str):
        """A value of a type, never blank."""
        rng = self.rng
        if kind == "text":
            return rng.choice(WORDS)
        if kind == "boolean":
            return rng.random() < 0.5
        if kind == "integer":
            return rng.choice([rng.randint(-3, 20), rng.randint(0, 5), 0, rng.choice([-(2**40), 2**45])])
        if kind == "number":  # multiples of 1/4: their sums are exact in any order
            return rng.choice([rng.randint(-40, 400) / 4, rng.randint(0, 12) / 4, float(rng.randint(0, 100)), 0.0])
        day = rng.choice(self.days) if rng.random() < 0.3 else self.day()
        return day if kind == "date" else self.moment(day)

    def blank_or(self, kind: str, blank: float = 0.08):
        return None if self.rng.random() < blank else self.cell(kind)

    def facts(self, table: FactTable, owners: list[str], reps: list[str], each: float) -> list[dict]:
        """Rows in no order; some owners have none, some rows an unknown or blank owner, some no time."""
        rng = self.rng
        silent = {owner for owner in owners if rng.random() < 0.15}
        speaking = [owner for owner in owners if owner not in silent] or owners
        rows = [self.fact(table, number, speaking, reps) for number in range(int(len(owners) * each))]
        rng.shuffle(rows)
        return rows

    def fact(self, table: FactTable, number: int, owners: list[str], reps: list[str]) -> dict:
        rng = self.rng
        row = {name: self.blank_or(kind) for name, kind in table.columns().items()}
        row[f"{table.name}_id"] = f"{table.name}-{rng.randrange(10)}{number}"
        chance = rng.random()
        row[table.owner_column] = None if chance < 0.02 else "nobody" if chance < 0.05 else rng.choice(owners)
        row[f"{table.name}_time"] = self.blank_or(table.time_type, 0.05)
        row[f"{table.name}_rep"] = rng.choice([*reps, *reps, None, "gone"])
        row[f"{table.name}_huge"] = rng.choice(
            [None, 2.0**60, 1e200, 1e290, 0.0]
        )  # their products overflow, their sums do not
        return row


ACCOUNT_COLUMNS = {
    "account_id": "text",
    "a_name": "text",
    "segment": "text",
    "csm_id": "text",
    "a_status": "text",
    "a_seats": "number",
    "a_units": "integer",
    "a_ok": "boolean",
    "a_start": "date",
    "a_seen": "timestamp",
}
CSM_COLUMNS = {"csm_id": "text", "c_name": "text", "c_team": "text", "c_fte": "number", "c_start": "date"}
SEGMENT_COLUMNS = {"segment": "text", "g_target": "number"}
SUB_COLUMNS = {
    "sub_id": "text",
    "account_id": "text",
    "s_plan": "text",
    "s_seats": "number",
    "s_from": "date",
    "s_to": "date",
    "s_ok": "boolean",
}
STRETCH = {"account": {"a_from": "date", "a_to": "date", "a_told": "date"}, "csm": {"c_from": "date", "c_to": "date"}}
BOOKS = {"account": ("books", "account_id"), "sub": ("moves", "sub_id"), "csm": ("staff", "csm_id")}  # who held whom
BOOK_COLUMNS = {"book_id": "text", "b_from": "date", "b_to": "date", "b_told": "date"}
RATE_COLUMNS = {"r_key": "text", "r_day": "date", "r_rate": "number", "r_word": "text", "r_known": "timestamp"}
PLAN_COLUMNS = {"p_key": "text", "p_rate": "number"}
PAIR_COLUMNS = {"q_one": "text", "q_two": "text", "q_day": "date"}
SEGMENTS = ("enterprise", "mid", "Größe")


def subject_rows(rows: Rows, size: Size) -> dict[str, list[dict]]:
    """The own tables of accounts, csms and subscriptions."""
    rng = rows.rng
    csms = [f"c{number}" for number in range(size.csms)]
    accounts = [f"{rng.choice(['A', 'a', 'Ä'])}-{number}" for number in range(size.accounts)]
    subs = [f"s{number}" for number in range(int(size.accounts * 1.5))]
    holders = [*csms, *csms, None, "gone"]
    made = {"csms": [], "accounts": [], "subs": []}
    made["segments"] = [_row(rows, SEGMENT_COLUMNS, segment=name) for name in SEGMENTS]
    for key in csms:
        made["csms"].append(_row(rows, CSM_COLUMNS, csm_id=key, c_name=rng.choice(NAMES)))
    for key in accounts:
        segment = rng.choice([*SEGMENTS, None, "no such"])
        row = _row(rows, ACCOUNT_COLUMNS, account_id=key, a_name=rng.choice(NAMES), segment=segment)
        made["accounts"].append({**row, "csm_id": rng.choice(holders)})
    for key in subs:
        owner = rng.choice([*accounts, None, "nobody"]) if rng.random() < 0.1 else rng.choice(accounts)
        made["subs"].append(_row(rows, SUB_COLUMNS, sub_id=key, account_id=owner))
    for each in made.values():
        rng.shuffle(each)
    return made


def stretches(rows: Rows, made: list[dict], key: str, columns: Iterable[str]) -> list[dict]:
    """One to three rows for each of a subject's own: ever since or from a day on, with gaps, and none yet for some."""
    rng, found = rows.rng, []
    start, end, *told = columns
    for row in made:
        starts = sorted({rows.day() for _ in range(rng.choice([1, 1, 2, 3]))})
        for first in [None, *starts] if rng.random() < 0.4 else starts:
            last = rng.choice([None, rows.day(), first and first + dt.timedelta(days=rng.choice([0, 1, 30, 200]))])
            other = rng.choice(made)
            new = {name: (other if rng.random() < 0.3 else row)[name] for name in row}
            new |= {name: rng.choice([first, rows.day(), None]) for name in told}
            found.append({**new, key: row[key], start: first, end: last})
    rng.shuffle(found)
    return found


def book_rows(rows: Rows, key: str, children: list[str], holders: Mapping[str, list[str]]) -> list[dict]:
    """Who held whom: one after the other, with gaps, overlaps, two of one start, blank and unknown holders."""
    rng, found = rows.rng, []
    for child in children:
        day = rng.choice([None, rows.day(), rows.as_of - dt.timedelta(days=rng.randint(0, 500))])
        for _ in range(rng.choice([0, 1, 1, 2, 3, 4])):
            first = rng.choice([day, day, day, rows.day()])
            last = rng.choice([None, rows.day(), (first or rows.as_of) + dt.timedelta(days=rng.choice([0, 1, 20, 90]))])
            row = {key: child if rng.random() < 0.96 else rng.choice([None, "nobody"])}
            row |= {"book_id": f"b{len(found)}", "b_from": first, "b_to": last}
            row |= {name: rng.choice([*keys, *keys, *keys, None, "gone"]) for name, keys in holders.items()}
            row |= {"b_told": rng.choice([None, rows.day(), first, first])}
            found.append(row)
            if rng.random() < 0.8:  # else the next one begins on the same day
                day = (last or rows.day()) + dt.timedelta(days=rng.choice([1, 1, 1, 0, -3, 10]))
    rng.shuffle(found)
    return found


def rate_rows(rows: Rows, time_type: str) -> dict[str, list[dict]]:
    """Rates of some words on some days, and plans of some words; words without any, blank rates, rates to come."""
    rng = rows.rng
    words = [word for word in (*WORDS, *SEGMENTS) if rng.random() < 0.7]
    rates = [
        _row(rows, RATE_COLUMNS, r_key=word, r_day=day)
        for word in words
        for day in sorted({rows.cell(time_type) for _ in range(rng.randint(1, 4))})
    ]
    plans = [_row(rows, PLAN_COLUMNS, p_key=word) for word in words if rng.random() < 0.8]
    pairs = [_row(rows, PAIR_COLUMNS, q_one=one, q_two=two) for one in words for two in words if rng.random() < 0.6]
    rng.shuffle(rates)
    return {"rates": rates, "plans": plans, "pairs": pairs}


def _row(rows: Rows, columns: Mapping[str, str], **fixed) -> dict:
    return {name: fixed[name] if name in fixed else rows.blank_or(kind) for name, kind in columns.items()}
