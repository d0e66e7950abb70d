"""Hostile queries: no text, name or setting of a plugin reaches the warehouse as anything but what the language means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support import engine, small
from support.queried import ruleset
from trigpoint.language import FUNCTIONS
from trigpoint.model.offer import Input, QueryMetric
from trigpoint.model.query import GroupBy, Query, Rank, WithColumns, rows
from trigpoint.rules.queries import bind_query

HOSTILE = Path(__file__).parents[2] / "cases" / "language" / "hostile.txt"
INPUTS = {"part": "text", "amount": "number"}
NAMES = (
    *("", " ", "a b", "a;b", "a--", "a/*", 'a"', "a'", "a`", "[a]", "a.b", "scratch.values_account", "usage.amount"),
    *("a) FROM salaries --", "a FROM sqlite_master", "1", "1a", "A", "Ä", "a\x00", "a\nb", "a\u202eb", "*", "count(*)"),
    *("subject__key", "fact__newest", "given__rows", "_a", "a__b", "null", "true", "case", "as_of", "points", "x" * 61),
    *(
        "a, (SELECT password FROM users) AS b",
        "a, 1",
        "?",
        ":a",
        "$a",
        "@a",
        "a\t",
        "tp_lower(a)",
        "rowid ; drop table x",
    ),
)
USAGE = """
[tables.usage]
columns = { account_id = "text", user_id = "text", events = "integer" }
belongs_to = { account = "account_id" }
"""


def texts() -> list[str]:
    """The hostile texts of the language's own tests."""
    lines = HOSTILE.read_text(encoding="utf-8").splitlines()
    unescaped = (re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), line) for line in lines)
    return [line for line in unescaped if line and not line.startswith("#")]


def binds(query: Query, settings=None) -> bool:
    """Whether a query is let through."""
    return bind_query(query, INPUTS, settings or {}, "number", FUNCTIONS, refuse=lambda *_: None) is not None


@pytest.mark.parametrize("place", ["where", "with_columns", "group_by", "ranked", "value"])
def test_no_hostile_text_stands_in_a_step(place):
    """Each is refused in each kind of step."""
    make = {
        "where": lambda text: rows().where(text).value("count(*)"),
        "with_columns": lambda text: rows().with_columns(a=text).value("count(*)"),
        "group_by": lambda text: rows().group_by("part", a=text).value("count(*)"),
        "ranked": lambda text: rows().ranked("a", text).value("count(*)"),
        "value": lambda text: rows().value(text),
    }[place]
    assert binds(make("amount > 0" if place == "where" else "sum(amount)" if place in ("group_by", "value") else "1"))
    assert [text for text in texts() if binds(make(text))] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_hostile_name_names_a_column(name):
    """Neither a new column, nor one that is grouped by, nor a place."""
    assert not binds(rows()._then(WithColumns({name: "amount"})).value("count(*)"))
    assert not binds(rows()._then(GroupBy((name,), {})).value("count(*)"))
    assert not binds(rows()._then(GroupBy((), {name: "sum(amount)"})).value("count(*)"))
    assert not binds(rows()._then(Rank(name, "amount")).value("count(*)"))


WORDS = ["select", "from", "group", "order", "rank", "count", "sum", "user", "value", "key", "n", "newest", "rowid"]


@pytest.mark.parametrize("name", WORDS)
def test_words_of_sql_are_names_like_others(name, tmp_path):
    """A column may be called by a word of SQL, by that of an aggregate, and as our own columns are shown."""
    query = rows().with_columns(**{name: "amount * 2"}).group_by("part", other=f"sum({name})").ranked(name, "other")
    rules, tables = small_world(query.value(f"sum(other * {name})"))
    assert engine.run(tmp_path, rules, tables, small.AS_OF)["values"]["account"]["A"]["hung"] == 50


def small_world(query: Query, word: str = "x"):
    """An account with two users, and a metric of the query."""
    settings = {"type": "object", "properties": {"word": {"type": "string"}}}
    inputs = (Input("part", frozenset({"text"})), Input("amount", frozenset({"integer"})))
    metric = QueryMetric("hung", query, inputs, "", "", settings=settings)
    text = "[metrics.hung]\nplugin = 'acme.hung'\nfrom = 'usage'\nsettings = { part = 'user_id', amount = 'events', word = WORD }\n"
    escaped = "".join(f"\\U{ord(each):08x}" for each in word)
    rules = ruleset(USAGE + text.replace("WORD", f'"{escaped}"'), [metric])
    tables = {"accounts": "A,x,5,true,2025-01-01", "usage": "A,u1,5\nA,u2,10"}
    return rules, {name: small.rows(rules.tables[name].columns, each) for name, each in tables.items()}


@pytest.mark.parametrize("word", ["'", "''", "'); DROP TABLE usage; --", "' OR 1=1 --", "\\", "%", '"', "Ä𝔘", "u1' --"])
def test_a_hostile_setting_is_a_text(word, tmp_path):
    """What a rule sets is compared letter by letter."""
    query = rows().where("part = word or concat(part, word) = concat('u2', word)").value("sum(amount)")
    rules, tables = small_world(query, word)
    assert engine.run(tmp_path, rules, tables, small.AS_OF)["values"]["account"]["A"]["hung"] == 10
