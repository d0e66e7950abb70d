"""The mean of a number per account, written as one would: what the benchmark `plugin_metric` holds against `avg(x)`."""

from trigpoint.hookspecs import hookimpl
from trigpoint.model.offer import FunctionMetric, Input


def mean(rows, request):
    """The mean of what is known."""
    for key, cells in rows.subjects():
        known = [x for x in cells["x"] if x is not None]
        if known:
            yield key, sum(known) / len(known)


@hookimpl
def trigpoint_metrics():
    """The same of one input and of three; not pure, so that it is computed each time."""
    meaning, no_data = "The mean of x.", "An account without a known x."
    inputs = (Input("x"), Input("day"), Input("who"))
    return [
        FunctionMetric("mean", mean, inputs[:1], meaning, no_data, pure=False),
        FunctionMetric("wide", mean, inputs, meaning, no_data, pure=False),
    ]
