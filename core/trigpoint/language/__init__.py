"""The expressions of the rules: from text to a tree whose names are known and whose types fit.

`bind` is the way in: the first wall (`tokens`), the parser (`parse`), and the second wall, which knows only the names
of a `Scope` and the functions of `FUNCTIONS`. `unparse` gives the canonical text back.
"""

from trigpoint.language.faults import ExpressionError, Fault
from trigpoint.language.functions import FUNCTIONS
from trigpoint.language.names import SCORE_PARTS, KnownLookup, Scope, closest
from trigpoint.language.parse import parse
from trigpoint.language.reading import bind
from trigpoint.language.templates import WRITTEN_LIMIT, written_length, written_out
from trigpoint.language.tokens import NO_FUNCTIONS, RESERVED_NAMES, is_name
from trigpoint.language.unparse import unparse

__all__ = [
    "FUNCTIONS",
    "NO_FUNCTIONS",
    "RESERVED_NAMES",
    "SCORE_PARTS",
    "WRITTEN_LIMIT",
    "ExpressionError",
    "Fault",
    "KnownLookup",
    "Scope",
    "bind",
    "closest",
    "is_name",
    "parse",
    "unparse",
    "written_length",
    "written_out",
]
