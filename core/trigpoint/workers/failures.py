"""Why a plugin's metric has no values: one error, which names the plugin, its version and file, the metric and the way out."""

from __future__ import annotations

import re
from collections.abc import Callable

from trigpoint.errors import Place, TrigpointError
from trigpoint.model.plugin import Plugin
from trigpoint.workers.places import own_place
from trigpoint.workers.values import QUOTED, SHOWN, shortened
from trigpoint.workers.wire import Fault

_CODES = {
    "raised": "TP710",
    "unfit": "TP711",
    "late": "TP712",
    "ended": "TP713",
    "unloadable": "TP714",
    "forbidden": "TP715",
    "memory": "TP716",
}
_LESS = "give it fewer rows by `where` or `window`, mend the plugin, or take the metric out of the rules"
_WAY = "mend or update the plugin, or take the metric out of the rules"
_HINTS = {"late": _LESS, "memory": _LESS}
_LONGEST = 200  # characters of what a plugin printed that are quoted
_LONGEST_MESSAGE = 300  # of an exception
_KEPT = 4096  # of what it printed
_FRAME = re.compile(r'File "([^"\n]+)", line (\d+) in ')
_TRACE = "(most recent call first)"  # as `faulthandler` prints it


class PluginFailedError(TrigpointError):
    """A function of a plugin failed: none of its values count. `printed` is the end of what it printed."""

    printed: str = ""


def failed(
    plugin: Plugin, metric: str, fault: Fault, printed: str = "", hide: Callable[[str], str] = str
) -> PluginFailedError:
    """The error that tells a fault. Nothing is cut before `hide` has hidden what is secret: half a secret is one, too."""
    printed = hide(printed)[-_KEPT:]
    place = Place(fault.file, fault.line) if fault.file else _traced(plugin, printed) or Place(plugin.file)
    text = f"metric '{metric}' of {plugin} {_worded(fault, hide)}{_said(printed)}"
    error = PluginFailedError.of(_CODES[fault.kind], text, place, _HINTS.get(fault.kind, _WAY))
    error.printed = printed
    return error


def _worded(fault: Fault, hide: Callable[[str], str]) -> str:
    quoted = " ".join(hide(fault.quoted).split())
    most = SHOWN if fault.kind == "unfit" else _LONGEST_MESSAGE
    return hide(fault.text).replace(QUOTED, shortened(quoted, most) or "no message", 1)


def _said(printed: str) -> str:
    """The last line that the plugin itself printed; a trace that `faulthandler` added is none."""
    theirs = re.split(r"(?m)^(?:Fatal Python error: |Stack \(most recent|Current thread 0x)", printed)[0]
    lines = [line.strip() for line in theirs.splitlines() if line.strip()]
    if not lines:
        return ""
    last = lines[-1] if len(lines[-1]) <= _LONGEST else f"{lines[-1][:_LONGEST]}..."
    return f"; it printed last: {last}"


def _traced(plugin: Plugin, printed: str) -> Place | None:
    """Where the process was when it was ended, by the trace that was printed of it."""
    start = printed.rfind(_TRACE)
    if start < 0:
        return None
    return own_place(((file, int(line)) for file, line in _FRAME.findall(printed, start)), plugin)
