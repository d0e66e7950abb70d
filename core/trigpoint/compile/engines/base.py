"""An engine's differences as data: templates for the functions of the language, and the few things around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import field, frozen

from trigpoint.errors import RulesError
from trigpoint.language.templates import NATIVE
from trigpoint.model.function import Function

Template = Callable[..., str]


@frozen
class Engine:
    """How one engine says what the language means. A function that is in neither table is refused when compiling.

    `functions` and `aggregates` map a name of the language to a template over printed arguments. `fence` closes a level so
    that the engine does not copy its expressions into the level above; `reasons` makes the list of the dearest measures,
    `reason` takes the name of the k-th from it; `day` makes a date of a Julian day number,
    `later_day` is the date a number of days after another. `native` are the engine's own functions that templates of
    plugins may call (their types stand in language/natives.py), `plugged` the plugins' functions that the rules call.
    """

    name: str
    number: Callable[[float], str]
    functions: Mapping[str, Template]
    aggregates: Mapping[str, Template]
    round9: Template
    finite: Template
    least: Template
    greatest: Template
    truth: Callable[[bool], str]
    double: Template
    day: Template
    later_day: Template
    reasons: Template
    reason: Callable[[str, int], str]
    fence: str
    native: Mapping[str, Template] = field(factory=dict)
    plugged: Mapping[str, Function] = field(factory=dict)

    def function(self, name: str) -> Template:
        """The template of a scalar function. Raises RulesError (TP507) for one that the engine cannot do."""
        native = name.startswith(NATIVE)
        template = self.native.get(name.removeprefix(NATIVE)) if native else self.functions.get(name)
        if template:
            return template
        text = f"{self.name} cannot compute {name}(...)"
        raise RulesError.of("TP507", text, hint="write the rule without it, or use another warehouse")
