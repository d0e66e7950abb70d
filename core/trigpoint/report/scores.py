"""Scores as the contracts of the command line say: JSON, CSV, table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from attrs import frozen

from trigpoint.model.publication import Publication
from trigpoint.report.sheet import CellValue, Sheet, SheetColumn
from trigpoint.report.values import percent, points, words
from trigpoint.store.records import Run, ScoreRow

FORMAT = 1


@frozen
class ScoreSheet:
    """What is printed: rows of a scorecard or family, in a run.

    `columns` are the groups and measures, `bands` the lower edges of each scorecard's bands.
    """

    name: str
    subject: str
    run: Run
    columns: Sequence[str]
    rows: Iterable[ScoreRow]
    is_family: bool = False
    bands: Mapping[str, Mapping[str, float]] = MappingProxyType({})
    publication: Publication | None = None


def scores_head(sheet: ScoreSheet) -> dict[str, object]:
    """The JSON object without its rows."""
    return {
        "format": FORMAT,
        "scorecard": sheet.name,
        "subject": sheet.subject,
        "as_of": sheet.run.as_of.isoformat(),
        "run": sheet.run.id,
        "ruleset": sheet.run.ruleset,
        **period_as_json(sheet.publication),
    }


def period_as_json(of: Publication | None) -> dict[str, object]:
    """The period that scores are for, and whether they are final; null for a scorecard without periods."""
    return dict(zip(("period", "final"), period_as_cells(of), strict=True))


def period_as_cells(of: Publication | None) -> tuple[CellValue, CellValue]:
    """The same for CSV."""
    return (of.period, of.final) if of else (None, None)


def scores_rows(sheet: ScoreSheet) -> Iterator[dict[str, object]]:
    """One JSON object per subject; in a family each names its scorecard."""
    for row in sheet.rows:
        found: dict[str, object] = {
            "key": row.key,
            "label": row.label,
            "score": row.score,
            "score_before_guards": row.score_before_guards,
            "band": row.band,
            "outcome": row.outcome,
            "coverage": row.coverage,
            "points": dict(row.points),
            "guards": list(row.guards),
            "reasons": [
                {"measure": each.measure, "points": each.points, "lost": each.lost, "text": each.text}
                for each in row.reasons
            ],
        }
        yield {"scorecard": row.scorecard, **found} if sheet.is_family else found


def scores_csv(sheet: ScoreSheet) -> tuple[list[str], Iterator[list[CellValue]]]:
    """Header and rows: one column per group and measure, then what all rows share."""
    names = ["key", "label", "score", "score_before_guards", "band", "outcome", "coverage", *sheet.columns]
    names += ["guards", "reason_1", "reason_2", "reason_3", "scorecard", "as_of", "run", "ruleset"]
    names += ["period", "final"]
    return names, (_csv_row(sheet, row) for row in sheet.rows)


def _csv_row(sheet: ScoreSheet, row: ScoreRow) -> list[CellValue]:
    texts: list[CellValue] = [each.text or each.measure for each in row.reasons]
    return [
        row.key,
        row.label,
        row.score,
        row.score_before_guards,
        row.band,
        row.outcome,
        row.coverage,
        *(row.points.get(name) for name in sheet.columns),
        " ".join(row.guards),
        *(texts + [None] * 3)[:3],
        row.scorecard,
        sheet.run.as_of.isoformat(),
        sheet.run.id,
        sheet.run.ruleset,
        *period_as_cells(sheet.publication),
    ]


def scores_table(sheet: ScoreSheet) -> Sheet:
    """For people: who, how much, which band, and why."""
    columns = [
        SheetColumn(sheet.subject),
        SheetColumn("name"),
        SheetColumn("score", "right"),
        SheetColumn("band"),
        SheetColumn("known", "right"),
        SheetColumn("reasons"),
    ]
    if sheet.is_family:
        columns.append(SheetColumn("scorecard"))
    return Sheet(tuple(columns), tuple(_table_row(sheet, row) for row in sheet.rows))


def _table_row(sheet: ScoreSheet, row: ScoreRow) -> tuple[CellValue, ...]:
    band = words(row.band) if row.band else "" if row.outcome == "scored" else words(row.outcome)
    band += " (held)" if _is_held(row, sheet.bands.get(row.scorecard, {})) else ""
    cells = (row.key, row.label, points(row.score), band, percent(row.coverage), reasons_in_words(row))
    return (*cells, words(row.scorecard)) if sheet.is_family else cells


def _is_held(row: ScoreRow, edges: Mapping[str, float]) -> bool:
    """Whether the edges alone would give another band: then `hold` has kept that of the run before."""
    if row.score is None or row.band not in edges:
        return False
    rising = sorted(edges, key=lambda name: edges[name])
    reached = [name for name in rising if row.score >= edges[name]]
    return row.band != (reached[-1] if reached else rising[0])


def reasons_in_words(row: ScoreRow, guards: Mapping[str, str] = MappingProxyType({}), most: int | None = None) -> str:
    """'Few licensed seats are in use (19.2), ...': each with the points it cost; guards that hold come first.

    `guards` are the reasons of guards by their name, where they are known; of the others `most` are told.
    """
    parts = [guards.get(name, f"guard {words(name)}") for name in row.guards]
    parts += [f"{each.text or words(each.measure)} ({points(each.lost)})" for each in row.reasons[:most]]
    return ", ".join(parts)
