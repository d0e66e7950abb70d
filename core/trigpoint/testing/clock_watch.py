"""Watches a plugin's own code for calls that read the clock: a value must be the same tomorrow."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable
from types import FrameType

from trigpoint.model.plugin import Plugin
from trigpoint.workers.places import own_place

_OF_TIME = frozenset("time time_ns localtime gmtime ctime asctime strftime".split())
_OF_DAYS = frozenset("today now utcnow".split())


def clock_reads(work: Callable[[], object], plugin: Plugin) -> list[str]:
    """Where the plugin asks what day or time it is: "acme.py:12: date.today()". Calls of other libraries are not seen.

    What `work` raises goes through, unless it has read the clock before.
    """
    found: list[str] = []

    def look(frame: FrameType, event: str, called: object) -> None:
        if event != "c_call":
            return
        name, owner = getattr(called, "__name__", ""), getattr(called, "__self__", None)
        of_days = isinstance(owner, type) and issubclass(owner, dt.date) and name in _OF_DAYS
        if of_days or (owner is time and name in _OF_TIME):
            place = own_place([(frame.f_code.co_filename, frame.f_lineno)], plugin)
            if place is not None:
                found.append(f"{place.file}:{place.line}: {getattr(owner, '__name__', '')}.{name}()")

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        work()
    except Exception:
        if not found:
            raise
    finally:
        sys.setprofile(before)
    return found
