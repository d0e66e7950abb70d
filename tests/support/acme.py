"""A stranger's plugins, for rules that name them: `acme` offers metrics, `lost` cannot be loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from trigpoint.errors import Problem
from trigpoint.model.expression import NUMERIC
from trigpoint.model.function import TEXTS, Function, Parameter
from trigpoint.model.offer import FunctionMetric, Input, MetricOffer, MetricRequest, MetricRows, QueryMetric
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.model.query import rows

ACME = Plugin("acme", "acme-plugin", "1.2", "acme_plugin", "acme_plugin.py")
LOST = Plugin(
    "lost",
    "lost-plugin",
    "0.9",
    "lost_plugin",
    "lost_plugin.py",
    failure=Problem("TP707", "plugin 'lost' (lost-plugin 0.9) cannot be imported: ImportError: no module named snow"),
)
SETTINGS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "language": {"enum": ["de", "en"], "default": "en"},
        "least": {"type": "integer", "minimum": 1, "description": "fewest rows"},
        "strict": {"type": "boolean", "default": True},
        "token": {"type": "string", "writeOnly": True},
    },
}


def mean(given: MetricRows, _request: MetricRequest) -> Iterable[tuple[str, float]]:
    """The mean of `x`, of each subject."""
    for key, columns in given.subjects():
        known = [x for x in columns["x"] if x is not None]
        if known:
            yield key, sum(known) / len(known)


OFFERS: tuple[MetricOffer, ...] = (
    FunctionMetric(
        "mood",
        mean,
        (
            Input("x", NUMERIC, "a number to average"),
            Input("at", frozenset({"date", "timestamp"}), optional=True),
            Input("who", frozenset({"text"}), default="account_id"),
        ),
        meaning="The mean.",
        no_data="No row has data.",
        unit="points",
        better="higher",
        settings=SETTINGS,
    ),
    FunctionMetric("fixed", mean, (Input("x", NUMERIC),), meaning="M.", no_data="N.", table="events"),
    FunctionMetric("personal", mean, (Input("x", NUMERIC),), meaning="M.", no_data="N.", subjects=("csm", "person")),
    QueryMetric("share", rows().value("avg(x)"), (Input("x", NUMERIC),), meaning="M.", no_data="N."),
)

# Queries of a plugin whose author has not tried them.
BENT = Plugin("bent", "bent-trigpoint", "0.1", "bent_trigpoint", "bent_trigpoint/__init__.py")
BENT_OFFERS = (
    QueryMetric("typo", rows().group_by("part", total="sum(amuont)").value("max(total)"),
                (Input("part", TEXTS), Input("amount", NUMERIC)), meaning="M.", no_data="N."),
    QueryMetric("doubled", rows().with_columns(amount="amount * 2", Total="amount"),
                (Input("amount", NUMERIC),), meaning="M.", no_data="N."),
    QueryMetric("endless", rows(), (), meaning="M.", no_data="N."),
)  # fmt: skip
_X = Parameter("x", NUMERIC)
FUNCTIONS = {
    each.name: each
    for each in (
        Function("cube", (_X,), "first", "x * x * x.", templates={"*": "x * x * x"}, oracle=lambda x: x and x**3),
        Function("third", (_X,), "number", "x / 3.", templates={"*": "x / 3"}, oracle=lambda x: x and x / 3),
        Function("elsewhere", (_X,), "number", "x.", templates={"duckdb": "x"}, oracle=lambda x: x),
    )
}


class AcmePlugins:
    """Both plugins; `lost` is tried when it is named."""

    def __init__(self) -> None:
        self._named: set[str] = set()

    def registry(self, names: Collection[str] = ()) -> Registry:
        """What they offer."""
        self._named |= set(names)
        metrics = {f"acme.{each.name}": each for each in OFFERS}
        owners = {("metric", name): ACME for name in metrics} | {("function", name): ACME for name in FUNCTIONS}
        if BENT.name in self._named:
            metrics |= {f"bent.{each.name}": each for each in BENT_OFFERS}
            owners |= {("metric", f"bent.{each.name}"): BENT for each in BENT_OFFERS}
        return Registry(
            metrics=metrics,
            functions=FUNCTIONS,
            plugins={each.name: each for each in (ACME, LOST) if each is ACME or each.name in self._named},
            owners=owners,
        )
