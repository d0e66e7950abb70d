"""A stranger's package, installed for one test: its metadata lies in a folder of its own, on the path of a process."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path


def lay_metadata(project: Path, site: Path) -> None:
    """What an installer would write of the project's name, version and entry points."""
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = settings["name"].replace("-", "_")
    folder = site / f"{name}-{settings['version']}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"Metadata-Version: 2.4\nName: {settings['name']}\nVersion: {settings['version']}\n"]
    (folder / "METADATA").write_text("".join(lines), encoding="utf-8")
    points = ""
    for group, entries in settings["entry-points"].items():
        points += f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
    (folder / "entry_points.txt").write_text(points, encoding="utf-8")


def install(project: Path, site: Path) -> None:
    """As `pip install -e`, for processes that have the folder `site` on their path."""
    lay_metadata(project, site)
    for package in (project / "src").iterdir():
        link = site / package.name
        if not link.is_symlink():
            link.symlink_to(package.resolve())


def run_in(project: Path, site: Path, *module: str) -> subprocess.CompletedProcess[str]:
    """`python -m ...` in the project, as if it was installed."""
    inherited = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join(filter(None, [str(site), str(project / "src"), inherited]))
    environment = {**os.environ, "PYTHONPATH": path, "NO_COLOR": "1", "MYPYPATH": str(project / "src")}
    environment.pop("COV_CORE_SOURCE", None)
    command = [sys.executable, "-m", *module]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    install(Path(sys.argv[1]), Path(sys.argv[2]))
