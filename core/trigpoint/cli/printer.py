"""The one printer of what is said to people on stderr: problems, events, bugs."""

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
from collections.abc import Iterable

from trigpoint.errors import Problem


def print_problems(problems: Iterable[Problem]) -> None:
    """One line per problem, in the form that editors can jump to."""
    for problem in problems:
        print(_one_line(str(problem)), file=sys.stderr)


def print_bug(error: Exception) -> None:
    """An exception that nobody foresaw: where it came from, and how to see all of it."""
    if os.environ.get("TRIGPOINT_DEBUG"):
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" at {os.path.basename(last[0].filename)}:{last[0].lineno}" if last else ""
    text = f"a bug in trigpoint: {type(error).__name__}: {error}{where}"
    print_problems([Problem("TP399", text, hint="set TRIGPOINT_DEBUG=1 to see all of it, and please report it")])


def say(text: str, event: str, **fields: object) -> None:
    """Tell what is going on: a plain line on a terminal, else one JSON object a line, for logs."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr)
        return
    import json

    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    line = {"at": now, "event": event, "text": text, **fields}
    print(json.dumps(line, ensure_ascii=False, default=str), file=sys.stderr)


def _one_line(text: str) -> str:
    """Whatever a file or a name held, a problem stays on its line."""
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text
