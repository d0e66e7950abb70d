"""What plugins that are installed and not enabled cost: a project that enables three, beside three or thirty."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from bench.measure import More, pairs, spend

CHECKOUT = Path(__file__).parents[2]
SMALL = CHECKOUT / "tests" / "unit" / "cli" / "small"
ENABLED = ("acme_0", "acme_1", "acme_2")
CODE = """
from trigpoint import FunctionMetric, Input, hookimpl

def longest(rows, request):
    return []

@hookimpl
def trigpoint_metrics():
    return [FunctionMetric("longest", longest, (Input("days"),), meaning="The longest.", no_data="No rows.")]
"""


def start_up(folder: Path, count: int) -> More:
    """`trigpoint check` of a small project that enables three of thirty installed plugins, and of three, `count` times."""
    shutil.rmtree(folder, ignore_errors=True)
    project = folder / "project"
    shutil.copytree(SMALL, project)
    with (project / "trigpoint.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"[plugins]\nenabled = {list(ENABLED)}\n")
    many, few = _installed(folder / "thirty", 30), _installed(folder / "three", 3)
    found = pairs(count, lambda: _check(project, many), lambda: _check(project, few))
    return More(found.ours, found.theirs)


def _installed(folder: Path, count: int) -> Path:
    for number in range(count):
        name = f"acme_{number}"
        info = folder / f"{name}_trigpoint-1.2.dist-info"
        info.mkdir(parents=True)
        head = f"Metadata-Version: 2.1\nName: {name}-trigpoint\nVersion: 1.2\n\n"
        (info / "METADATA").write_text(head + "A plugin of someone.\n" * 200, encoding="utf-8")
        points = f"[trigpoint]\n{name} = {name}\n[trigpoint.commands]\n{name}-tell = {name}\n"
        (info / "entry_points.txt").write_text(points, encoding="utf-8")
        (folder / f"{name}.py").write_text(CODE, encoding="utf-8")
    return folder


def _check(project: Path, packages: Path) -> float:
    path = os.pathsep.join(filter(None, (str(packages), os.environ.get("PYTHONPATH"))))
    return spend(["env", f"PYTHONPATH={path}", sys.executable, "-m", "trigpoint", "check"], project).seconds
