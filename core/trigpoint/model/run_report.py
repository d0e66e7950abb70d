"""What a run tells when it has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import field, frozen

from trigpoint.model.publication import Publication
from trigpoint.model.run import Finding, Load

Counts = Mapping[str, Mapping[str, Mapping[str, int]]]  # scorecard -> "outcomes" | "bands" -> name -> subjects


@frozen
class BadRows:
    """Rows of a source that were kept aside for one reason, with one of them as an example."""

    source: str
    reason: str
    count: int
    example: str


@frozen
class RunReport:
    """A published run. `exit_code` is 0, 3 (degraded) or 5 (`fail_on` matched); `matched` are the bands that did.

    `replaced`: a run of the same date was there before. `current`: it is the one shown when no date is asked for.
    """

    run: int
    as_of: dt.date
    ruleset: str
    exit_code: int
    counts: Counts
    loads: tuple[Load, ...] = ()
    findings: tuple[Finding, ...] = ()
    seconds: Mapping[str, float] = field(factory=dict)
    replaced: bool = False
    current: bool = True
    matched: Mapping[str, int] = field(factory=dict)
    published: Mapping[str, Publication] = field(factory=dict)  # of the scorecards that have periods

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should look at, one line each."""
        return tuple(f"{each.where}: {each.text}" for each in self.findings)
