"""What a run did, as JSON and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import asdict

from trigpoint.errors import Problem
from trigpoint.model.run import Load
from trigpoint.model.run_report import BadRows, RunReport
from trigpoint.report.lines import Line, line
from trigpoint.report.values import words

FORMAT = 1
SHOWN_NAMES = 30  # of columns that are not used


def report_as_json(report: RunReport) -> dict[str, object]:
    """The contract of `run --format json`, for a run that was published."""
    return {
        "format": FORMAT,
        "status": "published",
        "exit_code": report.exit_code,
        "as_of": report.as_of.isoformat(),
        "run": report.run,
        "ruleset": report.ruleset,
        "replaced": report.replaced,
        "current": report.current,
        "sources": [_load_as_json(load) for load in report.loads],
        "scorecards": {name: dict(counts) for name, counts in report.counts.items()},
        "matched": dict(report.matched),
        "seconds": {stage: round(seconds, 3) for stage, seconds in report.seconds.items()},
        "warnings": list(report.warnings),
    }


def failure_as_json(exit_code: int, as_of: str | None, problems: Sequence[Problem]) -> dict[str, object]:
    """The same contract, for a run that was not published."""
    return {
        "format": FORMAT,
        "status": "failed",
        "exit_code": exit_code,
        "as_of": as_of,
        "run": None,
        "problems": [str(problem) for problem in problems],
    }


def run_lines(report: RunReport, bad: Sequence[BadRows] = ()) -> Iterator[Line]:
    """A run for people: what was published, how it was loaded, what each scorecard says, what to look at."""
    yield line(f"Published run {report.run} as of {report.as_of}", "bold")
    if report.replaced:
        yield line("It replaces the run of that date.")
    if not report.current:
        yield line("A run of a later date stays the current one.")
    for load in report.loads:
        yield line(f"  {load_in_words(load)}")
        for each in _reasons(load, bad):
            yield line(f"    {each}", "yellow")
    for name, counts in report.counts.items():
        bands = ", ".join(f"{count:,} {words(band)}" for band, count in counts["bands"].items())
        others = ", ".join(
            f"{count:,} {words(outcome)}" for outcome, count in counts["outcomes"].items() if outcome != "scored"
        )
        scored = counts["outcomes"].get("scored", 0)
        period = f" · {report.published[name]}" if name in report.published else ""
        yield line(
            f"{words(name)}: {scored:,} scored{f' ({bands})' if bands else ''}{f', {others}' if others else ''}{period}"
        )
    for band, count in report.matched.items():
        yield line(f"--fail-on: {count:,} in {words(band)}", "red")
    for warning in report.warnings:
        yield line(f"look at: {warning}", "yellow")


def loads_as_json(loads: Sequence[Load], bad: Sequence[BadRows]) -> dict[str, object]:
    """The contract of `load --format json`."""
    return {
        "format": FORMAT,
        "exit_code": loads_exit_code(loads),
        "sources": [{**_load_as_json(load), "unused": list(load.unused)} for load in loads],
        "quarantine": [asdict(each) for each in bad],
    }


def _load_as_json(load: Load) -> dict[str, object]:
    told = {**asdict(load), "seconds": round(load.seconds, 3)}
    del told["unused"]  # nothing to tell each night
    return told


def loads_exit_code(loads: Sequence[Load]) -> int:
    """3 where a source is stale or was skipped, or its facts are no longer fresh."""
    degraded = any(load.status != "loaded" or any(each.severity == "error" for each in load.findings) for load in loads)
    return 3 if degraded else 0


def load_lines(loads: Sequence[Load], bad: Sequence[BadRows]) -> Iterator[Line]:
    """A load for people: a line per source, and below it why rows were kept aside."""
    for load in loads:
        yield line(load_in_words(load), "" if load.status == "loaded" else "red")
        for each in _reasons(load, bad):
            yield line(f"  {each}", "yellow")
        for finding in load.findings:
            yield line(f"  {finding.where}: {finding.text}", "yellow")
        if load.unused:
            more = ", ..." if len(load.unused) > SHOWN_NAMES else ""
            yield line(f"  columns not used: {', '.join(load.unused[:SHOWN_NAMES])}{more}", "dim")


def _reasons(load: Load, bad: Sequence[BadRows]) -> Iterator[str]:
    """Why rows of a load were kept aside: '1 day is no date: e.g. usage.csv row 7'."""
    for each in bad:
        if each.source == load.source:
            yield f"{each.count:,} {each.reason}: e.g. {each.example}"


def load_in_words(load: Load) -> str:
    """'usage: 12,345 rows, 3 quarantined, newest 2026-03-31'; a moment is one in UTC."""
    parts = [f"{load.rows:,} rows{'' if load.read is None else f' ({load.read:,} read anew)'}"]
    if load.quarantined:
        parts.append(f"{load.quarantined:,} quarantined")
    if load.newest:
        parts.append(f"newest {load.newest}{' UTC' if ':' in load.newest else ''}")
    status = "" if load.status == "loaded" else f" {load.status.upper()}"
    error = f" ({load.error})" if load.error else ""
    return f"{load.source}:{status} {', '.join(parts)}{error}"
