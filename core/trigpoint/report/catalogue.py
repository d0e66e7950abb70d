"""The catalogue of metrics: JSON, CSV, and lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trigpoint.draft import CatalogueMetric, Topic
from trigpoint.report.lines import Line, line
from trigpoint.report.sheet import CellValue

FORMAT = 1
COLUMNS = ("topic", "metric", "title", "unit", "better", "at", "formula", "why")


def catalogue_json(topics: Sequence[Topic]) -> dict[str, object]:
    """The JSON object: topics, each with its metrics."""
    found = [{"topic": topic.name, "title": topic.title, "metrics": [*map(_object, topic.metrics)]} for topic in topics]
    return {"format": FORMAT, "topics": found}


def catalogue_rows(topics: Sequence[Topic]) -> Iterator[list[CellValue]]:
    """A row for each metric, as COLUMNS."""
    for topic in topics:
        for each in topic.metrics:
            at = ", ".join(each.at)
            yield [topic.name, each.name, each.title, each.unit, each.better, at, each.formula, each.why]


def catalogue_lines(topics: Sequence[Topic]) -> Iterator[Line]:
    """For people: the topics, and of each metric what it is, how it is computed and what to beware of."""
    for topic in topics:
        yield line(f"catalogue/{topic.name}: {topic.title}", "bold")
        yield line()
        for each in topic.metrics:
            yield (("  ", ""), (each.name, "bold"), (f"  {each.title}", ""))
            yield line(f"      {_facts(each)}")
            yield line(f"      {each.formula}", "cyan")
            if each.why:
                yield line(f"      {each.why}", "dim")
            yield line()


def _object(metric: CatalogueMetric) -> dict[str, object]:
    return {
        "metric": metric.name,
        "title": metric.title,
        "unit": metric.unit,
        "better": metric.better,
        "at": list(metric.at),
        "formula": metric.formula,
        "why": metric.why,
    }


def _facts(metric: CatalogueMetric) -> str:
    """'ratio, higher is better; at account, csm, company'."""
    better = f"{metric.better} is better" if metric.better in ("higher", "lower") else None
    known = ", ".join(part for part in (metric.unit, better) if part)
    return "; ".join(part for part in (known, f"at {', '.join(metric.at)}") if part)
