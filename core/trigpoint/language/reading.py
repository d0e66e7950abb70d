"""The way in: a text of the rules becomes an expression, or is refused with all that is wrong."""

from __future__ import annotations

from trigpoint.language.bind import Expected, bound
from trigpoint.language.faults import ExpressionError
from trigpoint.language.names import Scope
from trigpoint.language.templates import growth_fault
from trigpoint.model.expression import Expression


def bind(text: str, scope: Scope, expect: Expected = "any") -> Expression:
    """The expression that `text` means in `scope`, of the type that is expected there ("number" takes integers too).

    Raises ExpressionError with all faults; an unknown name is told once and makes no further complaints.
    """
    found = bound(text, scope, expect)
    if fault := growth_fault(found.tree, scope.functions, scope.engine):
        raise ExpressionError(fault)
    return found
