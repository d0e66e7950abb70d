"""What is wrong with an expression: faults with their exact place in its text."""

from __future__ import annotations

from attrs import frozen

from trigpoint.errors import Problem, RulesError


@frozen
class Fault:
    """One thing that is wrong with the characters from `start` up to `end` (offsets into the expression's text)."""

    code: str
    text: str
    start: int
    end: int
    hint: str | None = None


class ExpressionError(RulesError):
    """An expression cannot be used; `faults` holds all that is wrong with it, in order of the text."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.start, fault.end)))
        super().__init__(*(Problem(fault.code, fault.text, hint=fault.hint) for fault in self.faults))
