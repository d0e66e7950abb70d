"""Asserts: what must hold for every subject of a kind before its figures are believed."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from trigpoint.model.expression import Expression
from trigpoint.model.metric import Text


@frozen
class Assert:
    """`that` must not be false for any `subject`. error: nothing is published; warning: it is shown."""

    name: str
    subject: str
    that: Expression
    severity: Literal["error", "warning"] = "error"
    text: Text = Text()
