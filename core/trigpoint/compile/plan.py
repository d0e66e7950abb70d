"""Which scans are made: one for each table and subject, and none where the parts of a finer subject can be merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.occurrences import Occurrence
from trigpoint.compile.scans import Grain, Scan, grain, merged, scan
from trigpoint.model.metric import TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.rules.roads import upwards


@frozen
class Plan:
    """The scans of each subject; `kept` are those whose parts go to a scratch table, because a coarser subject merges them."""

    scans: Mapping[str, tuple[Scan, ...]]
    kept: Mapping[str, Scan]


def plan_scans(ruleset: Ruleset, engine: Engine, dates: Dates, found: Mapping[str, Sequence[Occurrence]]) -> Plan:
    """Goes up from the finest subject, so that the parts of finer subjects are known."""
    scans: dict[str, tuple[Scan, ...]] = {}
    kept: dict[str, Scan] = {}
    made: dict[Grain, list[Scan]] = {}
    for subject in upwards(ruleset.subjects):
        groups: dict[Grain, list[Occurrence]] = {}
        for occurrence in found.get(subject, ()):
            if isinstance(occurrence.metric, TableMetric):
                groups.setdefault(grain(ruleset, dates, occurrence), []).append(occurrence)
        here = []
        for key, group in groups.items():
            source = next((fine for fine in made.get(key, ()) if merged(ruleset, fine, subject, group)), None)
            each = merged(ruleset, source, subject, group) if source else None
            if source and each:
                kept[source.kept] = source
            else:
                each = scan(ruleset, engine, dates, subject, group)
                made.setdefault(key, []).append(each)
            here.append(each)
        scans[subject] = tuple(here)
    return Plan(scans, kept)
