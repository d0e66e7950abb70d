"""Notes about customers, and what can be read out of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trigpoint import Function, FunctionMetric, QueryMetric, RuleFile, Source, hookimpl

from example_plugin.metrics import BUSIEST_DAY, MOOD
from example_plugin.notes import NotesSource
from example_plugin.shares import PER_HUNDRED

if TYPE_CHECKING:
    import click

TRIGPOINT_API = 1


@hookimpl
def trigpoint_sources() -> Sequence[Source]:
    """Offer the source `example`."""
    return [NotesSource()]


@hookimpl
def trigpoint_metrics() -> Sequence[FunctionMetric | QueryMetric]:
    """Offer `example.mood` and `example.busiest_day`."""
    return [MOOD, BUSIEST_DAY]


@hookimpl
def trigpoint_functions() -> Sequence[Function]:
    """Offer `per_hundred`."""
    return [PER_HUNDRED]


@hookimpl
def trigpoint_rulesets() -> Sequence[RuleFile]:
    """Offer `example:notes`."""
    return [RuleFile("notes", Path(__file__).parent / "notes.toml")]


@hookimpl
def trigpoint_commands() -> Sequence[click.Command]:
    """Offer `trigpoint example-notes`."""
    from example_plugin.command import example_notes

    return [example_notes]
