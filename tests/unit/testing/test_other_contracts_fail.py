"""Each check of functions and of sources fails where one is broken in that way, and says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.contracts import HEAD, call
from trigpoint.testing import FunctionContract, SourceContract

FUNCTIONS = {
    "wrong template": (
        "{'*': 'x * 3'}",
        "lambda x: x and x * 2",
        "test_template_agrees_with_oracle",
        "is not the same in sqlite as in its oracle",
    ),
    "wrong oracle": (
        "{'*': 'x * 2'}",
        "lambda x: 9.0",
        "test_gives_what_is_expected",
        "gives 9.0 for \\(2.0,\\), and expected is 4.0",
    ),
    "no sentence": ("{'*': 'x * 2'}", "lambda x: x and x * 2", "test_is_declared_in_full", "no sentence"),
}


@pytest.mark.parametrize("how", FUNCTIONS)
def test_a_broken_function_is_caught(how: str, tmp_path: Path) -> None:
    """A template that says something else than the oracle, an oracle that is wrong, words that are missing."""
    template, oracle, check, said = FUNCTIONS[how]
    meaning = "'Twice x'" if how == "no sentence" else "'Twice x.'"
    file = tmp_path / "acme.py"
    offer = (
        f"Function('double', (Parameter('x', NUMERIC),), 'number', {meaning}, templates={template}, oracle={oracle})"
    )
    file.write_text(f"{HEAD}\n\n@hookimpl\ndef trigpoint_functions():\n    return [{offer}]\n", encoding="utf-8")
    members = {"plugin": file, "function": "double", "expect": {(2.0,): 4.0, (None,): None}}
    made: FunctionContract = type("TestDouble", (FunctionContract,), members)()
    with pytest.raises(pytest.fail.Exception, match=said):
        call(made, check)


SOURCE = """

class Sheet:
    name = "sheet"
    schema = {schema}

    def read(self, request):
        {body}


@hookimpl
def trigpoint_sources():
    return [Sheet()]
"""
STRICT = "{'type': 'object', 'additionalProperties': False}"
SOURCES = {
    "wrong rows": (
        STRICT,
        "yield Batch('f', 1, ['a', 'b'], [('x', 'z')])",
        "test_reads_what_is_expected",
        "and expected is",
    ),
    "ragged": (
        STRICT,
        "yield Batch('f', 1, ['a', 'b'], [('x',)])",
        "test_rows_fit_their_header",
        "a row of 1 cells under a header of 2",
    ),
    "other each time": (
        STRICT,
        "SEEN.append(1); yield Batch('f', 1, ['a', 'b'], [('x', str(len(SEEN)))])",
        "test_reads_the_same_twice",
        "other batches",
    ),
    "takes anything": (
        "{'type': 'object'}",
        "yield Batch('f', 1, ['a', 'b'], [('x', 'y')])",
        "test_refuses_options_that_do_not_fit",
        "takes the options",
    ),
}


@pytest.mark.parametrize("how", SOURCES)
def test_a_broken_source_is_caught(how: str, tmp_path: Path) -> None:
    """Other rows, rows of another width, a second read that differs, options that mean nothing."""
    schema, body, check, said = SOURCES[how]
    file = tmp_path / "acme.py"
    file.write_text(HEAD + SOURCE.format(schema=schema, body=body), encoding="utf-8")
    members = {"plugin": file, "source": "sheet", "table": {"a": "text", "b": "text"}, "expect": [("x", "y")]}
    made: SourceContract = type("TestSheet", (SourceContract,), members)()
    with pytest.raises(pytest.fail.Exception, match=said):
        getattr(made, check)(*([] if check == "test_refuses_options_that_do_not_fit" else [tmp_path]))
