"""An engine's differences as data: templates for the functions of the language, and the few things around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from trigpoint.errors import RulesError

Template = Callable[..., str]


@frozen
class Engine:
    """How one engine says what the language means. A function that is in neither table is refused when compiling.

    `functions` and `aggregates` map a name of the language to a template over printed arguments. `fence` closes a level so
    that the engine does not copy its expressions into the level above; `reasons` makes the list of the dearest measures,
    `reason` takes the name of the k-th from it; `day` makes a date of a Julian day number,
    `later_day` is the date a number of days after another.
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

    def function(self, name: str) -> Template:
        """The template of a scalar function. Raises RulesError (TP507) for one that the engine cannot do."""
        if template := self.functions.get(name):
            return template
        text = f"{self.name} cannot compute {name}(...)"
        raise RulesError.of("TP507", text, hint="write the rule without it, or use another warehouse")
