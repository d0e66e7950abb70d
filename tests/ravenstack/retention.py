"""Retention, movements and churn of RavenStack in plain Python: what the rollups must come to.

Nothing of trigpoint is used here, and nothing is shared with the rules but the intent. As a program it prints the
figures that docs/explanation/three-definitions-of-churn.md shows:

    python tests/ravenstack/retention.py FOLDER-OF-THE-CSV-FILES
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")
Row = dict[str, str]
Revenue = dict[str, float]  # account -> recurring revenue; accounts without any are not in it
DAY = dt.timedelta(days=1)
A_YEAR_BEFORE, YEAR_END = dt.date(2023, 12, 31), dt.date(2024, 12, 31)
QUARTER_ENDS = (dt.date(2024, 3, 31), dt.date(2024, 6, 30), dt.date(2024, 9, 30), YEAR_END)


class Retention(NamedTuple):
    """What became of the customers of a day: shares of their revenue, and of their number."""

    customers: int
    gross: float
    net: float
    logo: float


class Movements(NamedTuple):
    """How the revenue of one day became that of another."""

    start: float
    new: float
    reactivated: float
    expansion: float
    contraction: float
    churn: float
    end: float

    @property
    def gap(self) -> float:
        """0, or a movement was forgotten or counted twice."""
        return self.start + self.new + self.reactivated + self.expansion - self.contraction - self.churn - self.end


class Lost(NamedTuple):
    """How many of the accounts are lost, by each definition."""

    accounts: int
    by_flag: int
    by_event: int
    by_event_or_return: int
    by_revenue: int


class Subscription(NamedTuple):
    """A stretch with its revenue; without a last day it is open."""

    account: str
    start: dt.date
    last: dt.date | None
    revenue: float

    def holds(self, day: dt.date) -> bool:
        """Whether it is in force on that day, its last day included."""
        return self.start <= day and (self.last is None or day <= self.last)


def table(folder: Path, name: str) -> list[Row]:
    """The rows of one file; each begins with a byte-order mark."""
    with (folder / f"ravenstack_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def date(text: str) -> dt.date:
    """Day, month, year: the other order would be accepted in silence for the first twelve days of a month."""
    return dt.datetime.strptime(text, "%d-%m-%Y").date()


def subscriptions(folder: Path) -> list[Subscription]:
    """Those that are paid; trials carry no revenue, so an account with nothing else is no customer."""
    return [
        Subscription(
            row["account_id"],
            date(row["start_date"]),
            date(row["end_date"]) if row["end_date"] else None,
            float(row["arr_amount"]),
        )
        for row in table(folder, "subscriptions")
        if float(row["arr_amount"]) > 0
    ]


def in_force(row: Row, day: dt.date) -> bool:
    """Whether a subscription, paid or not, is in force on a day."""
    return date(row["start_date"]) <= day and (not row["end_date"] or day <= date(row["end_date"]))


def grouped(pairs: Iterable[tuple[str, Item]]) -> dict[str, list[Item]]:
    """What belongs to each account."""
    found: dict[str, list[Item]] = defaultdict(list)
    for account, item in pairs:
        found[account].append(item)
    return found


def revenue(paid: list[Subscription], day: dt.date) -> Revenue:
    """Each account's revenue on a day: an account holds many subscriptions at the same time."""
    found: dict[str, float] = defaultdict(float)
    for each in paid:
        if each.holds(day):
            found[each.account] += each.revenue
    return dict(found)


def retention(opening: Revenue, closing: Revenue) -> Retention:
    """Of the opening's customers: gross capped customer by customer, lost ones count with nothing."""
    held = {account: closing.get(account, 0) for account in opening}
    total = sum(opening.values())
    return Retention(
        customers=len(opening),
        gross=sum(min(held[account], opening[account]) for account in opening) / total,
        net=sum(held.values()) / total,
        logo=sum(each > 0 for each in held.values()) / len(opening),
    )


def movements(paid: list[Subscription], since: dt.date, until: dt.date) -> Movements:
    """Account by account; who paid some time before `since`, but not on that day, comes back and is not new."""
    opening, closing = revenue(paid, since), revenue(paid, until)
    before = {each.account for each in paid if each.start <= since}
    sums: dict[str, float] = defaultdict(float)
    for account in opening.keys() | closing.keys():
        change = closing.get(account, 0) - opening.get(account, 0)
        if account not in opening:
            sums["reactivated" if account in before else "new"] += change
        elif account not in closing:
            sums["churn"] -= change
        else:
            sums["expansion" if change > 0 else "contraction"] += abs(change)
    kinds = {kind: sums[kind] for kind in ("new", "reactivated", "expansion", "contraction", "churn")}
    return Movements(start=sum(opening.values()), end=sum(closing.values()), **kinds)


def lost(folder: Path, among: set[str]) -> Lost:
    """The three definitions, over the same accounts, as of the last day of 2024."""
    flagged = {row["account_id"] for row in table(folder, "accounts") if row["churn_flag"] == "TRUE"}
    recent = [row for row in table(folder, "churn_events") if A_YEAR_BEFORE < date(row["churn_date"]) <= YEAR_END]
    left = {row["account_id"] for row in recent if row["is_reactivation"] == "FALSE"}
    paying = revenue(subscriptions(folder), YEAR_END).keys()
    return Lost(
        accounts=len(among),
        by_flag=len(among & flagged),
        by_event=len(among & left),
        by_event_or_return=len(among & {row["account_id"] for row in recent}),
        by_revenue=len(among - paying),
    )


def cohort(folder: Path) -> set[str]:
    """The accounts with revenue twelve months before the last day of 2024."""
    return set(revenue(subscriptions(folder), A_YEAR_BEFORE))


def all_accounts(folder: Path) -> set[str]:
    """Every account, those of 2024 included."""
    return {row["account_id"] for row in table(folder, "accounts")}


def openings(end: dt.date) -> tuple[dt.date, dt.date]:
    """The last day before the quarter that ends with `end`, and the day twelve months before."""
    first = end.replace(month=end.month - 2, day=1)
    return first - DAY, end.replace(year=end.year - 1)


def around_events(folder: Path) -> Counter[str]:
    """How revenue moved from the day before a churn event to thirty days after it."""
    paid, moved = subscriptions(folder), Counter[str]()
    for row in table(folder, "churn_events"):
        day, own = date(row["churn_date"]), [each for each in paid if each.account == row["account_id"]]
        before = sum(each.revenue for each in own if each.holds(day - DAY))
        after = sum(each.revenue for each in own if each.holds(day + 30 * DAY))
        moved["none" if not before else "rose" if after > before else "fell" if after < before else "same"] += 1
    return moved


def flags_and_events(folder: Path) -> tuple[int, int, int, int]:
    """Accounts with any churn event ever, of the flagged and of the others, each with their number."""
    events = {row["account_id"] for row in table(folder, "churn_events")}
    flags = {row["account_id"]: row["churn_flag"] == "TRUE" for row in table(folder, "accounts")}
    flagged = {account for account, flag in flags.items() if flag}
    others = flags.keys() - flagged
    return len(flagged & events), len(flagged), len(others & events), len(others)


def oddities(folder: Path) -> Iterator[tuple[int | float, str]]:
    """What a careless reading of the files would trip over, counted."""
    rows, events = table(folder, "subscriptions"), table(folder, "churn_events")
    paid, members = subscriptions(folder), cohort(folder)
    lasts = {(row["account_id"], row["end_date"]) for row in rows}
    begins = grouped((row["account_id"], date(row["start_date"])) for row in rows)
    pays = grouped((each.account, each) for each in paid)
    held = Counter(each.account for each in paid if each.account in members and each.holds(YEAR_END))
    upgrades = [row for row in rows if row["upgrade_flag"] == "TRUE"]
    ended = [row for row in rows if row["churn_flag"] == "TRUE"]
    any_kind = {row["account_id"] for row in rows if in_force(row, A_YEAR_BEFORE)}
    accounts = {row["account_id"] for row in ended}
    yield len(ended), f"of {len(rows)} subscriptions have ended, at {len(accounts)} accounts"
    yield sum(float(row["arr_amount"]) == 0 for row in rows), "subscriptions carry no revenue"
    yield len(any_kind), f"accounts had something in force on {A_YEAR_BEFORE}, {len(members)} of them paid"
    yield median(held.values()), f"paid subscriptions in force on {YEAR_END}: the median of the {len(members)}"
    days = [A_YEAR_BEFORE + count * DAY for count in range(366)]
    gaps = [one for one in members if not all(any(each.holds(day) for each in pays[one]) for day in days)]
    yield len(gaps), f"of the {len(members)} paid nothing on some day between"
    yield sum((row["account_id"], row["churn_date"]) in lasts for row in events), "events on a subscription's last day"
    early = [row for row in events if all(each.start >= date(row["churn_date"]) for each in pays[row["account_id"]])]
    yield len(early), "events before any revenue"
    yield sum(row["is_reactivation"] == "TRUE" for row in events), f"of {len(events)} events are reactivations"
    both = sum(row["downgrade_flag"] == "TRUE" for row in upgrades)
    begun = sum(date(row["start_date"]) == min(begins[row["account_id"]]) for row in upgrades)
    yield len(upgrades), f"upgrades: {both} are downgrades as well, {begun} begin on an account's first day"


def lines(folder: Path) -> Iterator[str]:
    """The report, line by line."""
    paid = subscriptions(folder)
    yield "quarter end  against      customers    gross       net     logo"
    for end in QUARTER_ENDS:
        for opening in openings(end):
            found = retention(revenue(paid, opening), revenue(paid, end))
            shares = f"{found.gross:8.2%}  {found.net:8.2%}  {found.logo:7.2%}"
            yield f"{end}   {opening}  {found.customers:9}  {shares}"
    yield ""
    yield "quarter end        start         new  reactivated   expansion  contraction   churn          end"
    for end in QUARTER_ENDS:
        moved = movements(paid, openings(end)[0], end)
        came = f"{moved.start:11,.0f}  {moved.new:10,.0f}  {moved.reactivated:11,.0f}  {moved.expansion:10,.0f}"
        yield f"{end}  {came}  {moved.contraction:11,.0f}  {moved.churn:6,.0f}  {moved.end:11,.0f}"
    yield ""
    yield "lost by 2024-12-31, of            accounts      flag  an event  or a return  revenue"
    for title, among in (
        ("customers of 2023-12-31", cohort(folder)),
        ("all accounts", all_accounts(folder)),
    ):
        count, *parts = lost(folder, among)
        flag, event, returned, money = (f"{part / count:.1%}" for part in parts)
        yield f"{title:32}  {count:8}  {flag:>8}  {event:>8}  {returned:>11}  {money:>7}"
    yield ""
    moved_after = around_events(folder)
    told = ", ".join(f"{moved_after[how]} {how}" for how in ("none", "same", "rose", "fell"))
    yield f"revenue from the day before a churn event to 30 days after: {told}"
    flagged, of_flagged, others, of_others = flags_and_events(folder)
    yield f"accounts with a churn event: {flagged} of {of_flagged} flagged, {others} of {of_others} others"
    yield ""
    for number, what in oddities(folder):
        yield f"{number:>5g} {what}"


if __name__ == "__main__":
    print("\n".join(lines(Path(sys.argv[1]))))
