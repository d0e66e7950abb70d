"""The life of a run: started -> loaded -> evaluated -> published, or failed, or interrupted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Literal

from trigpoint.model.ruleset import Ruleset
from trigpoint.store.connection import Store, open_store
from trigpoint.store.rulesets import keep_ruleset, kept_scorecards
from trigpoint.store.sheets import APPLIES, quote

UNFINISHED = ("started", "loaded", "evaluated")


def moment(now: dt.datetime | None = None) -> str:
    """A clock time as the store writes it: UTC, 'YYYY-MM-DD HH:MM:SS'."""
    return f"{(now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}"


def start_run(
    store: Store,
    ruleset: Ruleset,
    as_of: dt.date,
    *,
    version: str = "",
    warehouse: str = "sqlite",
    now: dt.datetime | None = None,
) -> int:
    """Notes that a run begins, and returns its number. Needs the run lock.

    Whoever holds the lock knows that every other run is dead: those without an end are marked interrupted.
    """
    with store.transaction() as connection:
        connection.execute("UPDATE runs SET status = 'interrupted' WHERE status IN (?, ?, ?)", UNFINISHED)
        keep_ruleset(connection, ruleset, moment(now))
        row = (as_of.isoformat(), ruleset.fingerprint, moment(now), version, warehouse)
        cursor = connection.execute(
            "INSERT INTO runs(as_of, ruleset, status, started_at, counts, seconds, version, warehouse) "
            "VALUES (?, ?, 'started', ?, '{}', '{}', ?, ?)",
            row,
        )
        return int(cursor.lastrowid or 0)


def mark(store: Store, run: int, status: Literal["loaded", "evaluated"]) -> None:
    """Notes how far a run has come."""
    with store.transaction() as connection:
        connection.execute(
            "UPDATE runs SET status = ? WHERE id = ? AND status IN (?, ?, ?)", (status, run, *UNFINISHED)
        )


def fail_run(store: Store, run: int, error: str, exit_code: int = 1) -> None:
    """Notes that a run ended without being published, and why."""
    with store.transaction() as connection:
        sql = "UPDATE runs SET status = 'failed', error = ?, exit_code = ? WHERE id = ? AND status IN (?, ?, ?)"
        connection.execute(sql, (error, exit_code, run, *UNFINISHED))


def bands_before(store: Store, as_of: dt.date) -> Iterator[tuple[str, str, str]]:
    """(series, key, band) of the published run with the greatest earlier date; of a family the band that applied.

    A series is a family's name, or that of a scorecard without one. Rows are streamed, for there may be a million, and
    from a connection of their own: whoever stops in the middle is not in the way of publishing.
    """
    with open_store(store.path) as reader:
        sql = "SELECT id, ruleset FROM runs WHERE status = 'published' AND as_of < ? ORDER BY as_of DESC LIMIT 1"
        run = reader.first(sql, (as_of.isoformat(),))
        if run is None:
            return
        for card in kept_scorecards(reader.connection, str(run[1])).values():
            sql = f"SELECT ?, key, band FROM {quote('scores_' + card.name)} WHERE run = ? AND {APPLIES} = 1 AND band IS NOT NULL ORDER BY key"  # noqa: S608  # the name is quoted
            yield from reader.rows(sql, (card.family or card.name, run[0]))  # type: ignore[misc]  # three texts


def seconds_as_json(seconds: object) -> str:
    """Stages and their durations, to the millisecond."""
    rounded = {str(name): round(float(value), 3) for name, value in dict(seconds).items()}  # type: ignore[call-overload]
    return json.dumps(rounded, sort_keys=True)
