"""The suite of metrics works for what the warehouse computes: queries, and Ibis expressions."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.contracts import CHECKS, HEAD, call, call_or_skip, contract
from trigpoint.testing import FunctionContract, MetricContract, metric_contract
from trigpoint.testing.warehouses import WAREHOUSES

QUERY = "\n\n@hookimpl\ndef trigpoint_metrics():\n    return [QueryMetric('mood', rows().{steps}, (Input('x', NUMERIC, 'A number.'), Input('who', ANY, 'Who.'), Input('end', TIMES, 'When over.')), 'A mean.', 'None', better='none')]\n"


@pytest.mark.parametrize("check", CHECKS)
def test_a_query_passes(check: str, tmp_path: Path) -> None:
    """The suite works for a query; what only a function can do is skipped."""
    file = tmp_path / "acme.py"
    file.write_text(HEAD + QUERY.format(steps="value('avg(x)')"), encoding="utf-8")
    call_or_skip(contract(file), check)


def test_the_steps_of_a_query_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bar that nothing can pass the numbers are told: the rows of the query are looked at one by one."""
    file = tmp_path / "acme.py"
    file.write_text(HEAD + QUERY.format(steps="value('avg(x)')"), encoding="utf-8")
    monkeypatch.setattr(metric_contract, "MOST", 1.1)
    with pytest.raises(pytest.fail.Exception, match=r"takes (1\.[2-9]|2\.\d) times the steps for twice the rows"):
        call(contract(file), "test_cost_is_linear")


def test_a_query_with_wrong_values(tmp_path: Path) -> None:
    """The values of a query are compared too."""
    file = tmp_path / "acme.py"
    file.write_text(HEAD + QUERY.format(steps="value('max(x)')"), encoding="utf-8")
    with pytest.raises(
        pytest.fail.Exception, match=r"gives \{A-1: 3\.0, A-2: 7\.0\}, and expected is \{A-1: 2\.0, A-2: 7\.0\}"
    ):
        call(contract(file), "test_values_are_as_expected")


IBIS = """

def most(rows, request):
    return {expression}


@hookimpl
def trigpoint_metrics():
    inputs = (Input("x", NUMERIC, "A number."), Input("who", ANY, "Who."), Input("end", TIMES, "When over.", optional=True))
    return [IbisMetric("mood", most, inputs, "A mean.", "None.", better="none")]
"""
MEAN = "rows.group_by('key').aggregate(value=rows.x.mean())"


@pytest.mark.parametrize("check", CHECKS)
def test_an_ibis_expression_passes(check: str, tmp_path: Path) -> None:
    """The suite works for an Ibis expression, as it does for a query."""
    pytest.importorskip("ibis")
    file = tmp_path / "acme.py"
    file.write_text(HEAD + IBIS.format(expression=MEAN), encoding="utf-8")
    call_or_skip(contract(file), check)


def test_each_row_with_each_other_in_the_warehouse(tmp_path: Path) -> None:
    """An expression that joins the rows of a subject with themselves takes four times the steps for twice the rows."""
    pytest.importorskip("ibis")
    file = tmp_path / "acme.py"
    joined = "rows.join(rows.view(), 'key').group_by('key').aggregate(value=lambda each: each.x.mean())"
    file.write_text(HEAD + IBIS.format(expression=joined), encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match=r"takes (3|4)\.\d times the steps for twice the rows"):
        call(contract(file), "test_cost_is_linear")


def test_an_expression_that_the_warehouse_refuses(tmp_path: Path) -> None:
    """What is printed and cannot run is a failure, and not an empty answer."""
    pytest.importorskip("ibis")
    file = tmp_path / "acme.py"
    file.write_text(HEAD + IBIS.format(expression="rows.select('key', value=rows.x)"), encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match=r"cannot be computed: .*gives 'A-1' twice"):
        call(contract(file), "test_values_are_as_expected")


def test_another_warehouse_is_picked_up() -> None:
    """The check of the values is parametrised with the warehouses there are: a further one is tried without a further test."""
    for check in (MetricContract.test_values_are_as_expected, FunctionContract.test_template_agrees_with_oracle):
        (mark,) = check.pytestmark  # type: ignore[attr-defined]  # pytest's
        assert mark.args == ("warehouse", WAREHOUSES)
