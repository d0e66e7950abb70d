"""The process of one plugin: it loads the plugin, takes batches, and answers each with checked values, or with a fault.

`python -m trigpoint.workers.child ORDERS ANSWERS FOLDER MEGABYTES`, with two open pipes.
"""

from __future__ import annotations

import faulthandler
import json
import pickle
import sys
import traceback
from typing import IO, Any

from attrs import evolve

from trigpoint.model.offer import FunctionMetric, IbisMetric, MetricRows
from trigpoint.plugins.loading import PluginLoadError, PluginRefusedError, load_offers
from trigpoint.workers import confine
from trigpoint.workers.answer import taken
from trigpoint.workers.channel import receive, send
from trigpoint.workers.places import own_place
from trigpoint.workers.values import UnfitError
from trigpoint.workers.wire import LONGEST_ANSWER, Asked, Fault, FaultKind, Packed, unpack

GRACE = 30.0  # seconds after its time that a process ends itself: the parent must have ended it long before


def main(arguments: list[str]) -> None:
    """Serve until there is nobody to serve."""
    orders, answers, folder, megabytes = int(arguments[0]), int(arguments[1]), arguments[2], int(arguments[3])
    confine.limit(megabytes)
    confine.end_with_parent(orders, folder)
    confine.guard(folder)
    with open(orders, "rb") as asked, open(answers, "wb") as answered:
        _serve(asked, answered)


def _serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    metric: FunctionMetric | Fault | None = None
    asked: Asked | None = None
    while True:
        try:
            order = pickle.loads(receive(orders))  # noqa: S301  # from the parent, which is ours
        except EOFError:
            return
        if isinstance(order, Asked):
            # Ends also what holds the interpreter for good, should the parent be gone.
            faulthandler.dump_traceback_later(order.seconds + GRACE, exit=True)
            asked, metric = order, _loaded(order)
        elif isinstance(metric, Fault):
            send(answers, _told(metric))
        elif isinstance(order, Packed) and metric is not None and asked is not None:
            faulthandler.dump_traceback_later(asked.seconds + GRACE, exit=True)
            send(answers, _answered(metric, asked, order))


def _loaded(asked: Asked) -> FunctionMetric | Fault:
    try:
        offered = load_offers(asked.plugin).metrics
    except (PluginLoadError, PluginRefusedError) as error:
        problem = error.problems[0]
        place = (problem.place.file, problem.place.line) if problem.place else ()
        return Fault(
            "unloadable",
            f"could not be loaded in a process of its own: {problem.text.removeprefix(f'{asked.plugin} ')}",
            *place,
        )
    except BaseException as error:  # noqa: BLE001  # a stranger's code may raise anything
        return _fault(asked, error, "unloadable", "could not be loaded in a process of its own: ")
    for each in offered:
        if isinstance(each, FunctionMetric) and each.name == asked.name:
            return each
        if isinstance(each, IbisMetric) and each.name == asked.name:
            from trigpoint.workers.printing import printing

            return printing(each)
    return Fault("unloadable", "is not offered any more in a process of its own")


def _answered(metric: FunctionMetric, asked: Asked, packed: Packed) -> bytes:
    try:
        rows = _whole(metric, unpack(packed))
        answer = taken(metric.compute(rows, asked.request), rows, asked.type)
        content = json.dumps({"cells": answer.cells, "unusable": answer.unusable}, allow_nan=False).encode()
    except UnfitError as error:
        return _told(Fault("unfit", str(error)))
    except MemoryError as error:
        return _told(_fault(asked, error, "memory", "needs more memory than it may have: "))
    except confine.ForbiddenError as error:
        return _told(_fault(asked, error, "forbidden", "was stopped: "))
    except BaseException as error:  # noqa: BLE001  # as above
        return _told(_fault(asked, error, "raised", "failed: "))
    if len(content) > LONGEST_ANSWER:
        return _told(Fault("unfit", f"gave values of {len(content):,} bytes for one batch"))
    return content


def _whole(metric: FunctionMetric, rows: MetricRows) -> MetricRows:
    """With the inputs that the rule left out: they are no data in every row."""
    missing = [each.name for each in metric.inputs if each.name not in rows.columns]
    return evolve(rows, columns={**rows.columns, **{name: [None] * sum(rows.counts) for name in missing}})


def _fault(asked: Asked, error: BaseException, kind: FaultKind, how: str) -> Fault:
    text = _message(error) if kind == "forbidden" else f"{type(error).__name__}: {_message(error)}"
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    place = own_place(reversed(frames), asked.plugin)
    return Fault(kind, f"{how}{text}", *((place.file, place.line) if place else ()))


def _message(error: BaseException) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001  # a stranger's exception may not even be printed
        return "no message"
    return (text if len(text) <= 300 else f"{text[:297]}...") or "no message"


def _told(fault: Fault) -> bytes:
    told: dict[str, Any] = {"kind": fault.kind, "text": fault.text, "file": fault.file, "line": fault.line}
    return json.dumps({"fault": told}).encode()


if __name__ == "__main__":
    main(sys.argv[1:])
