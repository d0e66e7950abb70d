"""The names of the commands and what they do, known without importing any of them."""

from __future__ import annotations

from collections.abc import Mapping

# The module of a command has its name: `cli/scores.py` holds the command `scores`.
COMMANDS: dict[str, dict[str, str]] = {
    "Begin": {
        "demo": "Make a project around a made-up company, score it, and show who is at risk and why.",
        "init": "Make a project folder: rules, editor schemas, a crontab line; or draft one from CSV files.",
        "rulesets": "List the ready-made rulesets.",
    },
    "Write rules": {
        "check": "Tell every problem of every rule file, with line and column.",
        "compile": "Print the SQL that the rules become, for an analyst to sign.",
    },
    "Score": {
        "load": "Bring the rows of the sources into the warehouse; quarantine what is bad.",
        "run": "Load, score and publish: the nightly job.",
    },
    "Extend": {
        "plugin": "Make the project of a new plugin, with a metric that works and its tests.",
    },
    "Look": {
        "scores": "Show the scores of a scorecard or a family.",
        "explain": "Show why one score is what it is, from the reasons down to the raw values.",
        "history": "Show the scores of one subject over time, and why each moved.",
        "metrics": "Show the metric values of a kind of subject.",
        "plugins": "List the plugins: versions, what each offers, how long it takes to load, why one fails.",
        "benchmarks": "Show own figures beside reference values, with where these come from.",
    },
}

SUMMARIES: dict[str, str] = {name: text for part in COMMANDS.values() for name, text in part.items()}

EXIT_CODES: dict[int, str] = {
    0: "done; for `run`: published and fresh, also where subjects have insufficient data",
    1: "a bug in trigpoint",
    2: "the command line asks for something that is not there",
    3: "published, but a source was stale or skipped, a table is not fresh, a scorecard has nothing to score, "
    "or a subject has the outcome `error`",
    4: "not published: a data gate or an assert failed",
    5: "published, and `--fail-on` matched",
    65: "the rules are wrong",
    66: "a file or column is missing",
    73: "an output cannot be created",
    74: "the disk is full or fails",
    75: "another run holds the lock",
    77: "a file may not be read or written",
    78: "the project, or the version of a file, is not one this program can work with",
    130: "stopped by Ctrl-C",
    143: "stopped by a signal to end",
}


def help_text(of_plugins: Mapping[str, str]) -> str:
    """What `trigpoint --help` says; `of_plugins` are the commands that plugins bring."""
    lines = [
        "Usage: trigpoint COMMAND [OPTIONS]",
        "",
        "Rules in text files, facts in SQLite, scores with their reasons.",
    ]
    for title, commands in {**COMMANDS, **({"Of plugins": of_plugins} if of_plugins else {})}.items():
        lines += ["", f"{title}:"]
        lines += [f"  {name:<11} {summary}" for name, summary in commands.items()]
    lines += [
        "",
        "Options:",
        "  --project DIR  the project folder; else $TRIGPOINT_PROJECT, else this folder or one above it",
        "  --no-plugins   import no plugins but those that come with trigpoint",
        "  --version      the version",
        "  --help         this text; `trigpoint COMMAND --help` tells more, with an example",
        "",
        "Example:",
        "  trigpoint demo",
    ]
    return "\n".join(lines)


def version_text() -> str:
    """What `trigpoint --version` says."""
    from trigpoint import __version__

    return f"trigpoint {__version__}"
