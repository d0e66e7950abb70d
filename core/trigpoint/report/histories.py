"""The scores of one subject over time, as JSON, CSV and a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import asdict

from trigpoint.history import Change, Moment
from trigpoint.report.movers import NO_TITLES, Titles, movers_in_words, signed
from trigpoint.report.scores import period_as_cells, period_as_json
from trigpoint.report.sheet import CellValue, Sheet, SheetColumn
from trigpoint.report.values import percent, points, words

FORMAT = 1
MOST_SETTINGS, LONGEST_VALUE = 2, 40  # of rules that changed, in the table
CSV_NAMES = ["as_of", "run", "ruleset", "rules_changed", "scorecard", "score", "band", "outcome", "coverage"]
CSV_NAMES += ["change", "cause", "movers", "period", "final"]


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
    found |= period_as_json(moment.publication)
    return {**found, "change": None if change is None else _change(change)}


def _change(change: Change) -> dict[str, object]:
    fields = asdict(change)
    fields["rules"] = [
        {"setting": ".".join(each.path), "before": each.before, "after": each.after} for each in change.rules
    ]
    fields["values"] = [{"column": name, "before": old, "after": new} for name, old, new in change.values]
    return fields


def history_csv(moments: Sequence[Moment], titles: Titles = NO_TITLES) -> tuple[list[str], Iterator[list[CellValue]]]:
    """Header and rows, oldest first."""
    return CSV_NAMES, (_csv_row(before, moment, titles) for before, moment in _pairs(moments))


def _csv_row(before: Moment | None, moment: Moment, titles: Titles) -> list[CellValue]:
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
        movers_in_words(before, moment, titles) if before else None,
        *period_as_cells(moment.publication),
    ]


def history_table(moments: Sequence[Moment], titles: Titles = NO_TITLES) -> Sheet:
    """For people: one row per run, newest last, with what moved the score. `titles` are those of measures."""
    columns = (
        SheetColumn("as of"),
        SheetColumn("score", "right"),
        SheetColumn("change", "right"),
        SheetColumn("band"),
        SheetColumn("known", "right"),
        SheetColumn("why", wraps=True),
    )
    return Sheet(columns, tuple(_table_row(before, moment, titles) for before, moment in _pairs(moments)))


def _pairs(moments: Sequence[Moment]) -> Iterator[tuple[Moment | None, Moment]]:
    """Each moment with the one before."""
    return zip([None, *moments], moments, strict=False)


def _table_row(before: Moment | None, moment: Moment, titles: Titles) -> tuple[CellValue, ...]:
    judged, change = moment.judged, moment.change
    moved = "" if change is None or change.score is None else signed(change.score)
    band = words(judged.band or (judged.outcome if judged.outcome != "scored" else ""))
    marks = [str(moment.publication)] if moment.publication and moment.publication.final else []
    marks += [_rules_in_words(moment)] if moment.rules_changed else []
    told = movers_in_words(before, moment, titles) if before else ""
    why = "; ".join([*marks, *([told] if told else [])])
    return (moment.as_of.isoformat(), points(judged.score), moved, band, percent(judged.coverage), why)


def _rules_in_words(moment: Moment) -> str:
    """'rules changed: measures.seats.weight 2 → 4 and 3 more'; those of the scorecard first, without its name."""
    changes = moment.change.rules if moment.change else ()
    if not changes:
        return "rules changed"
    own = ("scorecards", moment.judged.scorecard)
    told = [_setting(each.path[2:] if each.path[:2] == own else each.path, each.before, each.after) for each in changes]
    more = f" and {len(told) - MOST_SETTINGS} more" if len(told) > MOST_SETTINGS else ""
    return f"rules changed: {', '.join(told[:MOST_SETTINGS])}{more}"


def _setting(path: Sequence[str], before: object, after: object) -> str:
    name = ".".join(path)
    if before is None:
        return f"{name} is new"
    return f"{name} is gone" if after is None else f"{name} {_value(before)} → {_value(after)}"


def _value(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
