"""The scores of one subject over time, as JSON, CSV and a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import asdict

from trigpoint.history import Change, Moment
from trigpoint.report.sheet import CellValue, Sheet, SheetColumn
from trigpoint.report.values import percent, points, words

FORMAT = 1
MOST_MOVERS = 3
CSV_NAMES = ["as_of", "run", "ruleset", "rules_changed", "scorecard", "score", "band", "outcome", "coverage"]
CSV_NAMES += ["change", "cause", "movers"]


def history_as_json(name: str, key: str, moments: Sequence[Moment]) -> dict[str, object]:
    """All moments, oldest first."""
    return {"format": FORMAT, "scorecard": name, "key": key, "rows": [_row(moment) for moment in moments]}


def _row(moment: Moment) -> dict[str, object]:
    judged, change = moment.judged, moment.change
    found: dict[str, object] = {
        "as_of": moment.as_of.isoformat(),
        "run": moment.run,
        "ruleset": moment.ruleset,
        "rules_changed": moment.rules_changed,
        "scorecard": judged.scorecard,
        "score": judged.score,
        "score_before_guards": judged.score_before_guards,
        "band": judged.band,
        "outcome": judged.outcome,
        "coverage": judged.coverage,
        "points": dict(judged.points),
        "guards": list(judged.guards),
    }
    return {**found, "change": None if change is None else _change(change)}


def _change(change: Change) -> dict[str, object]:
    fields = asdict(change)
    fields["values"] = [{"column": name, "before": old, "after": new} for name, old, new in change.values]
    return fields


def history_csv(moments: Sequence[Moment]) -> tuple[list[str], Iterator[list[CellValue]]]:
    """Header and rows, oldest first."""
    return CSV_NAMES, (_csv_row(moment) for moment in moments)


def _csv_row(moment: Moment) -> list[CellValue]:
    judged, change = moment.judged, moment.change
    return [
        moment.as_of.isoformat(),
        moment.run,
        moment.ruleset,
        moment.rules_changed,
        judged.scorecard,
        judged.score,
        judged.band,
        judged.outcome,
        judged.coverage,
        change.score if change else None,
        change.cause if change else None,
        movers_in_words(change) if change else None,
    ]


def history_table(moments: Sequence[Moment]) -> Sheet:
    """For people: one row per run, newest last, with what moved the score."""
    columns = (
        SheetColumn("as of"),
        SheetColumn("score", "right"),
        SheetColumn("change", "right"),
        SheetColumn("band"),
        SheetColumn("data", "right"),
        SheetColumn("why"),
    )
    return Sheet(columns, tuple(_table_row(moment) for moment in moments))


def _table_row(moment: Moment) -> tuple[CellValue, ...]:
    judged, change = moment.judged, moment.change
    moved = "" if change is None or change.score is None else _signed(change.score)
    band = words(judged.band or (judged.outcome if judged.outcome != "scored" else ""))
    marks = ["rules changed"] if moment.rules_changed else []
    told = movers_in_words(change) if change else ""
    why = "; ".join([*marks, *([told] if told else [])])
    return (moment.as_of.isoformat(), points(judged.score), moved, band, percent(judged.coverage), why)


def movers_in_words(change: Change) -> str:
    """'seats -4.2 (40.0 → 33.0), guard p1 on'."""
    parts = [
        f"{words(mover.measure)} {_signed(mover.effect)} ({points(mover.before)} → {points(mover.after)})"
        for mover in change.movers[:MOST_MOVERS]
    ]
    if len(change.movers) > MOST_MOVERS:
        parts.append(f"{len(change.movers) - MOST_MOVERS} more")
    parts += [f"guard {name} on" for name in change.guards_new]
    parts += [f"guard {name} off" for name in change.guards_gone]
    return ", ".join(parts)


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0")
