"""What a database says of its tables, in the words of rule files."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST = 60
_KINDS = {
    # by the names of Python types that SQLAlchemy gives for columns
    "str": "text",
    "int": "integer",
    "float": "number",
    "Decimal": "number",
    "bool": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "UUID": "text",
    "time": "text",
}


def described(connection: Connection, schema: str | None, url: str) -> Iterator[str]:
    """Lines of TOML for each table and view: a table of rules, and the source that fills it."""
    from sqlalchemy import inspect
    from sqlalchemy.exc import SAWarning

    look = inspect(connection)
    found = sorted({*look.get_table_names(schema), *look.get_view_names(schema)})
    if not found:
        yield f"# There are no tables{f' in schema {schema}' if schema else ''}."
    for theirs in found:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", SAWarning
            )  # a type that nobody knows is told below, as one that does not fit
            columns = {str(each["name"]): _kind(each["type"]) for each in look.get_columns(theirs, schema)}
        key = look.get_pk_constraint(theirs, schema).get("constrained_columns") or []
        yield from _lines(f"{schema}.{theirs}" if schema else theirs, columns, key, url)


def _lines(theirs: str, columns: Mapping[str, str | None], key: list[str], url: str) -> Iterator[str]:
    ours = {column: named(column) for column in columns}
    table = named(theirs.rpartition(".")[2])
    declared = ", ".join(f'{ours[column]} = "{kind}"' for column, kind in columns.items() if kind)
    renamed = {our: column for column, our in ours.items() if our != column and columns[column]}
    times = [ours[column] for column, kind in columns.items() if kind in ("date", "timestamp")]
    yield f"# rules: table {theirs}"
    yield f"[tables.{table}]"
    yield f"columns = {{ {declared} }}"
    yield (
        f"key = {json.dumps([ours[column] for column in key])}"
        if key
        else '# key = ["..."]  # which columns tell rows apart?'
    )
    if times:
        yield f'# time = "..."  # one of {", ".join(times)}'
    if left := [column for column, kind in columns.items() if not kind]:
        yield f"# left out, for no type of rules fits: {', '.join(left)}"
    yield ""
    yield "# trigpoint.toml"
    yield f"[sources.{table}]"
    yield 'plugin = "sql"'
    yield url
    yield f"from = {json.dumps(theirs, ensure_ascii=False)}"
    if renamed:
        written = ", ".join(f"{our} = {json.dumps(column, ensure_ascii=False)}" for our, column in renamed.items())
        yield f"columns = {{ {written} }}"
    if times and key:
        yield '# cursor = "..."  # the column that says when a row changed, to read only what is new'
    yield ""


def named(theirs: str) -> str:
    """A name that rules can use: OrderID and "Order ID" become order_id."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", theirs)
    plain = re.sub(r"_+", "_", re.sub(r"\W+", "_", split.lower(), flags=re.ASCII)).strip("_")[:_LONGEST]
    return plain if _NAME.fullmatch(plain) else f"c_{plain}"


def _kind(column: Any) -> str | None:
    """The type of rules that a column's values have; None for what has none, such as JSON."""
    try:
        name = column.python_type.__name__
    except NotImplementedError:
        name = {"INET": "str", "CIDR": "str"}.get(column.__class__.__name__, "")
    return _KINDS.get(name)
