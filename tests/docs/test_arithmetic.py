"""The arithmetic in the explanation is right."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable

import pytest

from support.pages import CHECKOUT

PAGE = CHECKOUT / "docs" / "explanation" / "how-a-score-comes-about.md"
SUM = re.compile(r"(?<![\d.])((?:\(|\d)[\d\s.()×/+-]*[\d)]) = \**(\d+(?:\.\d+)?)(?![\d.]* [×/+])")
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def value(node: ast.expr) -> float:
    """What a sum of plain numbers comes to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    assert isinstance(node, ast.BinOp)
    return OPERATORS[type(node.op)](value(node.left), value(node.right))


def sums(text: str) -> list[tuple[str, str]]:
    """Each sum that is worked out in a text, with its result."""
    plain = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [(found[1], found[2]) for found in SUM.finditer(plain)]


@pytest.mark.parametrize(("left", "right"), sums(PAGE.read_text(encoding="utf-8")))
def test_sums_are_right(left: str, right: str) -> None:
    """Each sum on the page comes to what stands behind the `=`, to the last decimal that is shown."""
    decimals = len(right.partition(".")[2])
    found = value(ast.parse(left.replace("×", "*"), mode="eval").body)
    assert found == pytest.approx(float(right), abs=1.01 * 10**-decimals)


def test_there_are_sums() -> None:
    """The page works things out, and a wrong sum would be found."""
    assert len(sums(PAGE.read_text(encoding="utf-8"))) >= 9
    assert sums("so 3 × 2 = 7, and") == [("3 × 2", "7")]
