"""An engine's differences as data: templates for the functions of the language, and the few things around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

Template = Callable[..., str]


@frozen
class Engine:
    """How one engine says what the language means. A function that is in neither table is refused when compiling.

    `functions` and `aggregates` map a name of the language to a template over printed arguments. `fence` closes a level so
    that the engine does not copy its expressions into the level above.
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
    reasons: Template
    fence: str
