"""The page of the catalogue, made from its rule files."""

from __future__ import annotations

from collections.abc import Iterator

from support.pages import CHECKOUT
from trigpoint.draft import Topic, catalogue_topics
from trigpoint.draft.ready_made import content
from trigpoint.draft.sources import expected
from trigpoint.draft.words import words_of

PAGE = CHECKOUT / "docs" / "reference" / "catalogue.md"
BEGINNING = """\
# The catalogue

Metrics for customer success, each with its formula and what to beware of, in rule files by topic. A project takes the
topics that it has facts for; each brings those that it stands on:

    rules = ["trigpoint:catalogue/renewals", "trigpoint:catalogue/adoption", "rules/*.toml"]

A rule file of yours takes them by `extends = ["trigpoint:catalogue/renewals"]`. Change what you know better in your own
layer, key by key. A changed formula is another metric: give it another name, so that last year's figures stay what they
were. A table that no source fills has no data, and neither have its metrics: a topic may be taken whole, `trigpoint run`
says what is missing, and `metrics.NAME = false` removes what you do not want to see. `trigpoint metrics --catalogue` prints
this list.

*At* says where a metric is computed without being asked for; a scorecard of another subject gets it there too, worked
out from the facts and never as a mean of means. *Above account* is every parent of the account, and the company.

**Layers that change other topics** are named after them:

- How revenue is known: `closed_accounts` for accounts with a closing date and contracts left open, or `arr_snapshots` for a
  table that says each month what every customer pays.
- Several currencies: `currencies` for contracts, `currencies_renewals`, `currencies_expansion`, ... for the other topics that
  hold money, one for each that you use. Without its layer a topic adds euros to dollars. A table gets the column `currency`,
  where blank is your own; its amounts are read from columns `..._local`, and what was the amount is computed from them, at the
  rate of the run's date: all metrics over it are converted, yours too. The source says which columns those are
  (`columns = { due_local = "due", quoted_local = "quoted", renewed_local = "renewed" }`), and `currency = false` where all is
  in your own. Targets are amounts of your own currency.
- `absences` lowers targets by leave; without it nobody is away.
- Hand-overs come last of all: `assignments`, with renewals `assignments_renewals`, with targets `assignments_targets`.

**Who answers for a loss** after a hand-over depends on the figure. A renewal counts for who held the account on the day on
which it was due, in dollars and by customer, and so do other facts with a day. Retention compares a book with itself: who
holds the account on the date has its loss of last spring too. To hold persons to what happened in their time, use the
renewal rates.

`survival` is computed by a plugin that comes along, with a library that does not: `pip install "trigpoint[survival]"`.
[Durations and trends](../howto/durations-and-trends.md) says why, and how to read it.
"""


def page_of_catalogue() -> str:
    """What `docs/reference/catalogue.md` is to hold."""
    lines = [BEGINNING]
    for topic in catalogue_topics():
        lines += [f"## {topic.name}", "", f"{topic.title[:1].upper()}{topic.title[1:]}", ""]
        lines += _stands_on(topic)
        if topic.metrics:
            lines += ["| metric | what it is | at | formula | why, and what to beware of |", "|---|---|---|---|---|"]
            lines += _rows(topic)
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _stands_on(topic: Topic) -> Iterator[str]:
    """The topics below one, and the tables it declares."""
    rules = content(f"catalogue/{topic.name}")
    below = [entry.rpartition("/")[2] for entry in rules.get("extends", ())]
    if below:
        yield f"Stands on {', '.join(f'[{name}](#{name})' for name in below)}."
        yield ""
    for name, table in rules.get("tables", {}).items():
        if isinstance(table, dict) and "columns" in table:
            words = words_of([f"catalogue/{topic.name}"])
            columns = ", ".join(
                f"{column} ({kind}{expected(words.get((name, column), ()))})"
                for column, kind in table["columns"].items()
                if kind
            )
            yield f"- table `{name}`: {columns}"
            for column, value in table.get("derived", {}).items():
                yield f"    - computed: `{column}` = `{value}`"
    yield ""


def _rows(topic: Topic) -> Iterator[str]:
    for each in topic.metrics:
        better = f"{each.better} is better" if each.better in ("higher", "lower") else None
        facts = ", ".join(part for part in (each.unit, better) if part)
        title = f"{each.title} ({facts})" if facts else each.title
        cells = (f"`{each.name}`", title, ", ".join(each.at), f"`{each.formula}`", each.why or "")
        yield f"| {' | '.join(cells)} |"
