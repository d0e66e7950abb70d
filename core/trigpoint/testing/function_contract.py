"""The suite that every function of the language must pass."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import pytest

from trigpoint.errors import RulesError
from trigpoint.model.function import Function
from trigpoint.testing.stated import fail, function_faults, look_over, plugin_name, registry_for
from trigpoint.testing.warehouses import WAREHOUSES

SHOWN = 3
NOTHING: Mapping[tuple[object, ...], Any] = {}


class FunctionContract:
    """Subclass it in a test module: `plugin`, the name of the `function`, and what it gives for some arguments.

    class TestDouble(FunctionContract):
        plugin = "acme"
        function = "double"
        expect = {(2.0,): 4.0, (None,): None}
    """

    plugin: ClassVar[str | Path]
    function: ClassVar[str]
    expect: ClassVar[Mapping[tuple[Any, ...], Any]] = NOTHING

    def test_gives_what_is_expected(self) -> None:
        """The oracle gives the expected answers; None is no data."""
        function = self._function()
        for arguments, expected in self.expect.items():
            most = len(arguments) if function.most is None else function.most
            if not function.least <= len(arguments) <= most:
                _fail(
                    function,
                    f"is {function.signature}, and a key of `expect` has {len(arguments)} arguments: {arguments!r}",
                )
            found = self._asked(function, arguments)
            if not _same(found, expected):
                _fail(function, f"gives {found!r} for {arguments!r}, and expected is {expected!r}")

    @pytest.mark.parametrize("warehouse", WAREHOUSES)
    def test_template_agrees_with_oracle(self, warehouse: str) -> None:
        """What the warehouse computes is what the oracle says, for no data, edges of numbers, texts and dates too."""
        from trigpoint.warehouse.agreement import compare_with_oracle

        function = self._function()
        if function.oracle is None:
            _fail(function, "has no oracle: the same in Python, by which the template is tested")
        try:
            found = compare_with_oracle(function, warehouse)
        except RulesError as error:
            _fail(function, f"has a template that cannot be used: {error}")
        if found:
            listed = "; ".join(map(str, found[:SHOWN]))
            _fail(function, f"is not the same in {warehouse} as in its oracle, for {len(found)} arguments: {listed}")

    def test_is_declared_in_full(self) -> None:
        """Its meaning is a sentence: people who write rules read it."""
        function = self._function()
        if not function.meaning.strip().endswith((".", ")")):
            _fail(function, "has a `meaning` that is no sentence: it ends without a full stop")

    @staticmethod
    def _asked(function: Function, arguments: Sequence[Any]) -> Any:
        if function.oracle is None:
            _fail(function, "has no oracle: the same in Python, by which the template is tested")
        return function.oracle(*arguments)

    def _function(self) -> Function:
        look_over(self, FunctionContract, function_faults)
        name, functions = plugin_name(self.plugin), registry_for(self.plugin).functions
        if self.function not in functions:
            offered = ", ".join(functions) or "no functions"
            fail(f"plugin '{name}' has no function '{self.function}': it offers {offered}")
        return functions[self.function]


def _fail(function: Function, text: str) -> NoReturn:
    fail(f"function '{function.name}' {text}")


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, float) and isinstance(expected, int | float):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)
    return bool(found == expected)
