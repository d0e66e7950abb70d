"""How far a read may go: tries, seconds and rows. A read that goes further fails; it is never cut short."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from trigpoint import Place, Problem, SourceRequest, TrigpointError


@frozen
class Limits:
    """The bounds of one read, which begins when they are made."""

    source: str = ""
    attempts: int = 5
    timeout_seconds: float = 60.0
    wait_seconds: float = 60.0
    max_seconds: float = 3600.0
    max_items: int = 10_000_000
    allow: frozenset[str] = frozenset()
    place: Place | None = None
    began: float = field(factory=time.monotonic)

    @property
    def seconds_left(self) -> float:
        """Until the read has taken too long."""
        return self.began + self.max_seconds - time.monotonic()

    def check_time(self, *, soon: float = 0.0) -> None:
        """TrigpointError (TP439) if the time is over, or will be in so many seconds."""
        if self.seconds_left <= soon:
            raise self.too_much(
                f"was not read within {self.max_seconds:g} seconds",
                "look whether its pages come to an end, or allow more: max_seconds = ...",
            )

    def check_items(self, count: int) -> None:
        """TrigpointError (TP439) if more rows came than may."""
        if count > self.max_items:
            raise self.too_much(
                f"gave more than {self.max_items} rows",
                "look whether its pages come to an end, or allow more: max_items = ...",
            )

    def too_much(self, text: str, hint: str) -> TrigpointError:
        """The error of a limit that was reached."""
        return TrigpointError(Problem("TP439", f"source '{self.source}' {text}", self.place, hint))


DEFAULTS = Limits()
_NAMES = ("attempts", "timeout_seconds", "wait_seconds", "max_seconds", "max_items")


def limits_of(request: SourceRequest) -> Limits:
    """What the options say; the clock starts."""
    settings = request.settings
    options: Mapping[str, Any] = settings.options
    given = {name: options[name] for name in _NAMES if name in options}
    allow = frozenset(str(host).lower() for host in options.get("allow", ()))
    return Limits(settings.name, allow=allow, place=settings.place, **given)
