"""What a load must pass before it takes the place of the last one."""

from __future__ import annotations

from trigpoint.errors import GateError, Problem
from trigpoint.intake.quarantine import Quarantine
from trigpoint.model.project import SourceSettings

EARLY_LOOK = 5_000  # rows after which a source that is mostly bad is given up


def check_bad_rows(settings: SourceSettings, quarantine: Quarantine, rows: int, *, at_end: bool) -> None:
    """GateError (TP406) if more rows are bad than `max_bad_rows`; while reading, only if that is plain already."""
    bad, allowed = quarantine.count, settings.max_bad_rows
    if isinstance(allowed, int):
        too_many = bad > allowed
    elif at_end:
        too_many = bad > allowed * rows
    else:
        too_many = rows >= EARLY_LOOK and bad > max(allowed, 0.5) * rows
    if not too_many:
        return
    may = f"{allowed:,} may be" if isinstance(allowed, int) else f"{allowed * 100:g}% may be"
    share = f" ({bad / rows:.1%})" if rows else ""
    so_far = "" if at_end else " already"
    reasons = ", ".join(f"{reason}: {count:,}" for reason, count in quarantine.reasons.most_common(3))
    text = f"source '{settings.name}': {bad:,} of {rows:,} rows{share} are bad{so_far}, {may}; {reasons}; e.g. {quarantine.example}"
    raise GateError(
        Problem(
            "TP406",
            text,
            settings.place,
            "mend the file or its settings, or raise max_bad_rows; the rows are in table _quarantine",
        )
    )


def check_usual_rows(settings: SourceSettings, rows: int, last: int | None, *, asked_for: bool) -> None:
    """GateError (TP407) if there are fewer than half the rows of the last good load, unless asked for by name."""
    if last is None or asked_for or rows * 2 >= last:
        return
    text = f"source '{settings.name}': {rows:,} rows, fewer than half the {last:,} of the last good load"
    hint = f"if that is right, load it by name: trigpoint load {settings.name}"
    raise GateError(Problem("TP407", text, settings.place, hint))
