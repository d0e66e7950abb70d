"""The catalogue: the metrics of the bundled files in `catalogue/`, as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from trigpoint.draft.ready_made import content, standing_on, title_of
from trigpoint.resources import bundled_names

TOPICS = "catalogue/"  # the folder of the files, one a topic


@frozen
class CatalogueMetric:
    """A metric of a topic. `at` are the subjects where it is computed, `formula` is its definition in one line."""

    topic: str
    name: str
    title: str
    unit: str | None
    better: str | None
    at: tuple[str, ...]
    formula: str
    why: str | None


@frozen
class Topic:
    """A file of the catalogue: its name, its first line of comment, and the metrics it defines."""

    name: str
    title: str
    metrics: tuple[CatalogueMetric, ...]


def catalogue_topics() -> tuple[Topic, ...]:
    """All topics by name. A layer that changes a metric of another topic, and says so in its title, lists it too."""
    names = [name for name in bundled_names("rulesets") if name.startswith(TOPICS)]
    return tuple(_topic(name) for name in names)


def _topic(file: str) -> Topic:
    name = file.removeprefix(TOPICS)
    return Topic(name, title_of(file).partition(": ")[2], tuple(_metrics(name, file)))


def _metrics(topic: str, file: str) -> Iterator[CatalogueMetric]:
    below = standing_on(file)[:-1]
    for name, own in content(file).get("metrics", {}).items():
        if isinstance(own, dict) and "title" in own:
            inherited = {} if own.get("replace") else _merged(name, below)
            keys = {**inherited, **own}
            yield CatalogueMetric(
                topic,
                name,
                keys["title"],
                keys.get("unit"),
                keys.get("better"),
                _places(keys),
                formula_of(keys),
                keys.get("why"),
            )


def _merged(name: str, files: tuple[str, ...]) -> dict[str, Any]:
    """What the files below say of a metric, the highest last."""
    keys: dict[str, Any] = {}
    for file in files:
        found = content(file).get("metrics", {}).get(name, {})
        if isinstance(found, dict):
            keys = found if found.get("replace") else {**keys, **found}
    return keys


def _places(keys: Mapping[str, Any]) -> tuple[str, ...]:
    """Where it is computed: the subjects it names; a rollup that names none at all subjects above its children."""
    named = keys.get("subject", f"above {keys.get('over')}")
    return (named,) if isinstance(named, str) else tuple(named)


def formula_of(keys: Mapping[str, Any]) -> str:
    """The definition of a metric in one line: sum(arr) from contracts where in_force()."""
    parts = [_value(keys)]
    parts += [f"{word} {keys[word]}" for word in ("from", "over") if word in keys]
    if "where" in keys:
        parts.append(f"where {keys['where']}")
    if "window" in keys:
        parts.append(f"in {keys['window']}" + (f" by {keys['at']}" if "at" in keys else ""))
    if "via" in keys:
        parts.append("via " + ", ".join(keys["via"].values()))
    if "holder" in keys:
        parts.append(f"for the holder: {keys['holder']}")
    return " ".join(" ".join(parts).split())


def _value(keys: Mapping[str, Any]) -> str:
    if "plugin" not in keys:
        return str(keys["value"])
    settings = ", ".join(f"{name} = {value}" for name, value in keys.get("settings", {}).items())
    return f"plugin {keys['plugin']} ({settings})"
