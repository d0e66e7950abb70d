"""The process of one plugin: it loads the plugin, takes batches, and answers each with checked values, or with a fault.

`python -m trigpoint.workers.child ORDERS ANSWERS FOLDER MEGABYTES PARENT`, with two open pipes and the parent's number.
"""

from __future__ import annotations

import faulthandler
import json
import pickle
import sys
import traceback
from typing import IO

from attrs import asdict, evolve

from trigpoint.model.offer import FunctionMetric, IbisMetric, MetricRows
from trigpoint.plugins.loading import PluginLoadError, PluginRefusedError, load_offers
from trigpoint.workers import confine
from trigpoint.workers.answer import taken
from trigpoint.workers.channel import receive, send
from trigpoint.workers.places import own_place
from trigpoint.workers.reads import Reads
from trigpoint.workers.values import QUOTED, UnfitError
from trigpoint.workers.wire import LONGEST_ANSWER, Asked, Fault, FaultKind, Packed, unpack

_QUOTED = 1_000_000  # characters of a message that are sent: more than the longest secret, so that none is sent in part
GRACE = 30.0  # seconds after its time that a process ends itself: the parent must have ended it long before


def main(arguments: list[str]) -> None:
    """Serve until there is nobody to serve."""
    orders, answers, folder = int(arguments[0]), int(arguments[1]), arguments[2]
    confine.die_with(int(arguments[4]))
    confine.limit(int(arguments[3]))
    confine.end_with_parent(orders, folder)
    confine.guard(folder)
    reads = Reads(folder)
    with open(orders, "rb") as asked, open(answers, "wb") as answered:
        _serve(asked, answered, reads)


def _serve(orders: IO[bytes], answers: IO[bytes], reads: Reads) -> None:
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
            reads.allow(order.plugin)
            asked, metric = order, _loaded(order)
        elif isinstance(metric, Fault):
            send(answers, _told(metric))
        elif isinstance(order, Packed) and metric is not None and asked is not None:
            faulthandler.dump_traceback_later(asked.seconds + GRACE, exit=True)
            send(answers, _answered(metric, asked, order, reads))


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


def _answered(metric: FunctionMetric, asked: Asked, packed: Packed, reads: Reads) -> bytes:
    try:
        rows = _whole(metric, unpack(packed))
        answer = taken(metric.compute(rows, asked.request), rows, asked.type)
        told = {"cells": answer.cells, "unusable": answer.unusable, "lasting": reads.all_known()}
        content = json.dumps(told, allow_nan=False).encode()
    except UnfitError as error:
        return _told(Fault("unfit", error.text, quoted=error.quoted))
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
    text = QUOTED if kind == "forbidden" else f"{type(error).__name__}: {QUOTED}"
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    place = own_place(reversed(frames), asked.plugin)
    file, line = (place.file, place.line) if place else (None, None)
    return Fault(kind, f"{how}{text}", file, line, _message(error))


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # a stranger's exception may not even be printed
        return ""


def _told(fault: Fault) -> bytes:
    return json.dumps({"fault": asdict(evolve(fault, quoted=fault.quoted[:_QUOTED]))}).encode()


if __name__ == "__main__":
    main(sys.argv[1:])
