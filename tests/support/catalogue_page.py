"""The page of the catalogue, made from its rule files."""

from __future__ import annotations

from collections.abc import Iterator

from support.pages import CHECKOUT
from trigpoint.draft import Topic, catalogue_topics
from trigpoint.draft.ready_made import content

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

Three layers are alternatives for how revenue is known, to be named after the others: `currencies` for contracts in
several currencies, `closed_accounts` for accounts with a closing date and contracts left open, `arr_snapshots` for a
table that says each month what every customer pays. `assignments` comes last of all.

`survival` waits for metrics by plugins: `trigpoint check` says so for each of its metrics.
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
            columns = ", ".join(f"{column} ({kind})" for column, kind in table["columns"].items())
            yield f"- table `{name}`: {columns}"
    yield ""


def _rows(topic: Topic) -> Iterator[str]:
    for each in topic.metrics:
        better = f"{each.better} is better" if each.better in ("higher", "lower") else None
        facts = ", ".join(part for part in (each.unit, better) if part)
        title = f"{each.title} ({facts})" if facts else each.title
        cells = (f"`{each.name}`", title, ", ".join(each.at), f"`{each.formula}`", each.why or "")
        yield f"| {' | '.join(cells)} |"
