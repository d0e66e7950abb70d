"""The figures of RavenStack, worked out from the CSV files in plain Python: what the rules must come to.

Nothing of trigpoint is used here, and nothing is shared with the rules but the intent.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

Row = dict[str, str]
AS_OF = dt.date(2024, 12, 31)
HALF_A_YEAR_AGO = dt.date(2024, 6, 30)
A_YEAR_AGO = dt.date(2023, 12, 31)


def rows(folder: Path, name: str) -> list[Row]:
    """The rows of one file."""
    with (folder / f"ravenstack_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> dt.date:
    """A date as the files write it."""
    return dt.datetime.strptime(text[:10], "%d-%m-%Y").date()


def of(records: list[Row]) -> dict[str, list[Row]]:
    """The rows of each account."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in records:
        found[row["account_id"]].append(row)
    return found


def holds(subscription: Row, on: dt.date) -> bool:
    """Whether a subscription is in force on a day; the end date is its last day, a blank one is open."""
    end = subscription["end_date"]
    return day(subscription["start_date"]) <= on and (not end or on <= day(end))


def unique_usage(folder: Path) -> tuple[list[Row], int]:
    """Usage without the rows that repeat an id, and how many those are."""
    first: dict[str, Row] = {}
    records = rows(folder, "feature_usage")
    for row in records:
        first.setdefault(row["usage_id"], row)
    return list(first.values()), len(records) - len(first)


def usage_by_account(folder: Path) -> tuple[dict[str, list[Row]], Counter[str]]:
    """Usage inside its subscription, by account; and how many rows lie inside, outside or with nobody."""
    subscriptions = {row["subscription_id"]: row for row in rows(folder, "subscriptions")}
    found: dict[str, list[Row]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for row in unique_usage(folder)[0]:
        subscription = subscriptions.get(row["subscription_id"])
        if subscription is None:
            counts["orphan"] += 1
        elif holds(subscription, day(row["usage_date"])):
            counts["inside"] += 1
            found[subscription["account_id"]].append(row)
        else:
            counts["outside"] += 1
    return found, counts


def within(moment: dt.date, after: dt.date) -> bool:
    """Whether a day lies in the window (after, as of]."""
    return after < moment <= AS_OF


def days_ago(count: int) -> dt.date:
    """The day before a window of so many days."""
    return AS_OF - dt.timedelta(days=count)


def money(subscriptions: list[Row]) -> dict[str, float | None]:
    """What an account pays, how it renews, and how that changed."""
    running = [row for row in subscriptions if holds(row, AS_OF)]
    arr = sum(float(row["arr_amount"]) for row in running)
    before = sum(float(row["arr_amount"]) for row in subscriptions if holds(row, HALF_A_YEAR_AGO))
    renewing = [row["auto_renew_flag"] == "TRUE" for row in running]
    return {
        "arr": arr,
        "subscriptions_in_force": len(running),
        "auto_renewing": sum(renewing) / len(renewing) if renewing else None,
        "arr_change": arr / before - 1 if before else None,
    }


def adoption(usage: list[Row]) -> dict[str, float | None]:
    """What an account does with the product."""
    recent = [row for row in usage if within(day(row["usage_date"]), days_ago(90))]
    half = [row for row in usage if within(day(row["usage_date"]), days_ago(180))]
    uses = sum(int(row["usage_count"]) for row in half)
    return {
        "usage_rows": len(recent),
        "features_used": len({row["feature_name"] for row in recent}),
        "errors_per_use": sum(int(row["error_count"]) for row in half) / uses if uses else None,
    }


def support(tickets: list[Row]) -> dict[str, float | None]:
    """How an account fares with support; what became known after the as-of date is not known."""
    tickets = [row for row in tickets if day(row["submitted_at"]) <= AS_OF]
    closed = [row for row in tickets if day(row["closed_at"]) <= AS_OF]
    year = [row for row in tickets if within(day(row["submitted_at"]), A_YEAR_AGO)]
    grades = [float(row["satisfaction_score"]) for row in year if row["satisfaction_score"] and row in closed]
    minutes = [
        float(row["first_response_time_minutes"]) for row in tickets if within(day(row["submitted_at"]), days_ago(180))
    ]
    return {
        "tickets_90d": sum(within(day(row["submitted_at"]), days_ago(90)) for row in tickets),
        "open_tickets": len(tickets) - len(closed),
        "escalated": sum(row["escalation_flag"] == "TRUE" for row in year),
        "satisfaction": sum(grades) / len(grades) if grades else None,
        "satisfaction_n": len(grades),
        "response_minutes": median(minutes) if minutes else None,
    }


def leaving(events: list[Row]) -> dict[str, float | None]:
    """The churn events of half a year that are no return."""
    recent = [row for row in events if within(day(row["churn_date"]), HALF_A_YEAR_AGO)]
    return {"recent_churn": sum(row["is_reactivation"] == "FALSE" for row in recent)}


def figures(folder: Path) -> dict[str, dict[str, float | None]]:
    """All figures of all accounts."""
    subscriptions, tickets = of(rows(folder, "subscriptions")), of(rows(folder, "supports_ticket"))
    events, (usage, _) = of(rows(folder, "churn_events")), usage_by_account(folder)
    return {
        account["account_id"]: {
            **money(subscriptions.get(account["account_id"], [])),
            **adoption(usage.get(account["account_id"], [])),
            **support(tickets.get(account["account_id"], [])),
            **leaving(events.get(account["account_id"], [])),
        }
        for account in rows(folder, "accounts")
    }
