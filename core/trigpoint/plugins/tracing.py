"""`TRIGPOINT_TRACE=hooks`: a line on stderr for each plugin that is imported and each hook that is called."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Sequence

import pluggy
from attrs import frozen

from trigpoint.model.plugin import Plugin

VARIABLE = "TRIGPOINT_TRACE"
WORDS = ("hooks",)


@frozen
class Trace:
    """Tells what is imported and called, if it is `on`."""

    on: bool = False

    def imported(self, plugin: Plugin, seconds: float) -> None:
        """One import, and what it took."""
        if self.on:
            print(f"trace: {plugin} imported in {seconds * 1000:.1f} ms", file=sys.stderr)

    def watch(self, manager: pluggy.PluginManager, plugin: Plugin) -> None:
        """Tell each call of a hook from now on."""
        if not self.on:
            return
        began: list[float] = []

        def before(_hook: str, _implementations: object, _arguments: object) -> None:
            began.append(time.perf_counter())

        def after(outcome: pluggy.Result[object], hook: str, _implementations: object, _arguments: object) -> None:
            took = (time.perf_counter() - began.pop()) * 1000
            print(f"trace: {hook} of {plugin} {_given(outcome)} in {took:.1f} ms", file=sys.stderr)

        manager.add_hookcall_monitoring(before, after)


def _given(outcome: pluggy.Result[object]) -> str:
    if outcome.exception is not None:
        return f"raised {type(outcome.exception).__name__}"
    answers = outcome.get_result()
    given = [len(each) if isinstance(each, Sequence) else 1 for each in (answers if isinstance(answers, list) else [])]
    return f"gave {sum(given)}"


def trace_from_environment() -> Trace:
    """What `TRIGPOINT_TRACE` asks for; a word of it that means nothing is told."""
    words = dict.fromkeys(re.findall(r"[^\s,]+", os.environ.get(VARIABLE, "")))
    for word in words:
        if word not in WORDS:
            print(
                f"{VARIABLE}: there is nothing to trace called '{word}'; there is: {', '.join(WORDS)}", file=sys.stderr
            )
    return Trace("hooks" in words)
