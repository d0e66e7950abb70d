"""The files of a new project: settings, rules, schemas for the editor, and what starts the nightly run."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trigpoint.draft.toml_text import array, quoted
from trigpoint.errors import Place, Problem, UsageError, WriteError
from trigpoint.resources import bundled

RULES_HEAD = """#:schema ../.trigpoint/rules.schema.json
# Your rules. Each *.toml file in this folder is read; what stands here overrides the rulesets named before it.
"""
NO_SOURCE = '# [sources.accounts]\n# plugin = "files"\n# path = "data/accounts.csv"\n'
NOTHING: Mapping[str, str] = {}
MOST_ON_A_LINE = 3  # layers: with more of them each has its own line
GITIGNORE = "*.db\n*.db-wal\n*.db-shm\n*.db.lock\n"


def local_zone() -> str:
    """The zone of this machine, as far as it can be known; else UTC."""
    named = os.environ.get("TZ", "").lstrip(":") or _zone_of_link(Path("/etc/localtime"))
    try:
        return ZoneInfo(named).key if named else "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


def _zone_of_link(path: Path) -> str:
    """/etc/localtime points into the zones' folder."""
    _, _, zone = str(path.resolve()).partition("/zoneinfo/")
    return zone


def write_project(
    root: Path,
    timezone: str,
    layers: Sequence[str] = (),
    sources: str | None = None,
    rules: str | None = None,
    more: Mapping[str, str] = NOTHING,
    answers: str = "",
) -> tuple[Path, ...]:
    """Write the files that a project begins with; answer their paths. No file that exists is touched.

    `layers` are bundled ones to start from, `sources` and `rules` text of a draft, `more` the texts of other files, and
    `answers` a table of the project file. Raises UsageError if the folder is a project already, WriteError if it cannot
    be written.
    """
    texts = {
        "trigpoint.toml": _settings(timezone, rules_line(layers), answers, sources or NO_SOURCE),
        "rules/rules.toml": rules or RULES_HEAD,
        **more,
        **editor_files(),
        **_schedule(root),
    }
    if not (root / ".gitignore").exists():
        texts[".gitignore"] = GITIGNORE
    write_new(root, texts)
    return tuple(root / name for name in texts)


def write_new(root: Path, texts: Mapping[str, str]) -> None:
    """Write files that are not there yet: all of them, or none. Raises UsageError or WriteError."""
    doubled = [name for name in texts if (root / name).exists()]
    if doubled:
        hint = "nothing was written: name another folder"
        raise UsageError(*(Problem("TP348", "the file exists", Place(str(root / name)), hint) for name in doubled))
    made: list[Path] = []
    try:
        for name, text in texts.items():
            _write_one(root / name, text, made)
    except BaseException as error:  # Ctrl-C too: half a project would be refused by the next attempt
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise WriteError.of("TP360", f"{error.strerror}", Place(str(error.filename or root))) from None
        raise


def _write_one(path: Path, text: str, made: list[Path]) -> None:
    """Write a file, and the folders above it that are not there; `made` tells what there is to take back."""
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir()
            made.append(folder)
    with path.open("x", encoding="utf-8") as file:
        made.append(path)
        file.write(text)


def rules_line(layers: Sequence[str]) -> str:
    """The line of the project file that names its layers; the project's own rules come last."""
    entries = [*layers, "rules/*.toml"]
    if len(entries) <= MOST_ON_A_LINE:
        return f"rules = {array(entries)}  # later ones override earlier ones"
    return "\n".join(
        ["rules = [  # later ones override earlier ones", *(f"  {quoted(each)}," for each in entries), "]"]
    )


def _settings(timezone: str, rules: str, answers: str, sources: str) -> str:
    lines = [
        "#:schema .trigpoint/project.schema.json",
        "format = 1",
        f"timezone = {quoted(timezone)}  # where your days begin and end",
        rules,
        "",
        *([answers] if answers else []),
    ]
    return "\n".join(lines) + "\n" + sources


def editor_files() -> dict[str, str]:
    """The schemas that editors complete and check rule files with; they lie in the project, so no network is needed."""
    found = sorted(bundled("schemas").glob("*.schema.json"))
    return {f".trigpoint/{path.name}": path.read_text("utf-8") for path in found}


def _schedule(root: Path) -> dict[str, str]:
    """Text to copy into crontab or systemd: the same run, at a quarter past five."""
    command = shutil.which("trigpoint") or f"{sys.executable} -m trigpoint"
    folder = root.resolve()
    log = _shell(folder / "run.log")
    return {
        "schedule/crontab.txt": (
            "# Copy this line into `crontab -e`. cron mails what is printed: nothing, or the end of the log of a failed run.\n"
            f"15 5 * * * {command} run --project {_shell(folder)} >> {log} 2>&1 || tail -n 20 {log}\n"
        ),
        "schedule/trigpoint.service": (
            "# Copy to ~/.config/systemd/user/, then: systemctl --user enable --now trigpoint.timer\n"
            "[Unit]\nDescription=trigpoint: load, score, publish\n\n"
            "[Service]\nType=oneshot\n"
            f"ExecStart={command} run --project {_systemd(folder)}\n"
        ),
        "schedule/trigpoint.timer": (
            "[Unit]\nDescription=trigpoint every night\n\n"
            "[Timer]\nOnCalendar=*-*-* 05:15:00\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n"
        ),
    }


def _shell(path: Path) -> str:
    """For a line of crontab, where a % would end the command."""
    return shlex.quote(str(path)).replace("%", "\\%")


def _systemd(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") + '"'
