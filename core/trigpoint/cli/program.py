"""Runs one command line and turns whatever happens into an exit code."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Iterable, Sequence

import click

from trigpoint.cli import catalogue
from trigpoint.cli.installed_commands import plugin_commands
from trigpoint.cli.printer import print_bug, print_problems
from trigpoint.errors import DiskError, PermissionDeniedError, TrigpointError, UsageError, WriteError
from trigpoint.signals import Stopped, caught_signal, listen_to_signals

DISK_ERRORS = frozenset({"ENOSPC", "EIO", "EDQUOT", "EFBIG"})
BAD_LINE = "TP340"


class LazyGroup(click.Group):
    """Knows the names of the commands and imports only the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's
        """All names, in the order of the help."""
        return list(catalogue.SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        """The command of ours, imported now; None if there is none of that name."""
        if cmd_name not in catalogue.SUMMARIES:
            return None
        module = importlib.import_module(f"trigpoint.cli.{cmd_name}")
        found: click.Command = module.main
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but plugins are asked too, and an unknown name is answered with the nearest one."""
        name = args[0]
        if name in catalogue.SUMMARIES or name.startswith("-"):
            return super().resolve_command(ctx, args)
        from trigpoint.cli.plugin_commands import command_of_plugin, named_project

        given = named_project(args[1:]) or ctx.params["project"]
        off = ctx.params["no_plugins"] or "--no-plugins" in args
        if found := command_of_plugin(name, given, foreign=not off):
            return name, found, args[1:]
        known = (*catalogue.SUMMARIES, *plugin_commands(catalogue.SUMMARIES, given))
        raise unknown("TP340", "command", name, known, "see `trigpoint --help`")

    def get_help(self, ctx: click.Context) -> str:
        """The same text as without click."""
        return catalogue.help_text(plugin_commands(catalogue.SUMMARIES, ctx.params.get("project")))


def unknown(code: str, noun: str, name: str, names: Iterable[str], otherwise: str) -> TrigpointError:
    """An unknown name, with the nearest known one as the hint."""
    from trigpoint.report.names import nearest

    return UsageError.of(code, f"unknown {noun} '{name}'", hint=nearest(name, names) or otherwise)


def _version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(catalogue.version_text())
        context.exit()


@click.group(
    cls=LazyGroup, name="trigpoint", no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option("--project", metavar="DIR")
@click.option("--no-plugins", is_flag=True)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version)
@click.pass_context
def program(context: click.Context, project: str | None, no_plugins: bool) -> None:
    """All of trigpoint."""
    context.ensure_object(dict).update(project=project, no_plugins=no_plugins)


def run_command_line(arguments: Sequence[str]) -> int:
    """Run a command; print its problems; answer the exit code."""
    _speak_utf8()
    with listen_to_signals():
        try:
            code = _invoke([_as_typed(each) for each in arguments])
            sys.stdout.flush()
            if code and (signal := caught_signal()):  # whatever it was told as: what failed was stopped
                return 128 + signal
        except BrokenPipeError:
            return _reader_went_away()
        except Stopped as stopped:
            return stopped.exit_code
        except Exception as error:  # noqa: BLE001  # the last resort: whatever it is, it ends as a line and a code
            if signal := caught_signal():
                return 128 + signal
            return _explain(error)
        return code


def _speak_utf8() -> None:
    """Contracts are UTF-8 whatever the locale; a terminal that knows less shows a question mark, and no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")


def _as_typed(argument: str) -> str:
    """An argument, read as UTF-8 where the locale did not know its bytes."""
    known = not any("\udc80" <= each <= "\udcff" for each in argument)
    return argument if known else os.fsencode(argument).decode("utf-8", "replace")


def _invoke(arguments: Sequence[str]) -> int:
    """Not by `main` of click, which answers a closed pipe with exit code 1."""
    with program.make_context("trigpoint", list(arguments)) as context:
        answer = program.invoke(context)
    return answer if isinstance(answer, int) else 0


def _explain(error: Exception) -> int:
    if isinstance(error, TrigpointError):
        print_problems(error.problems)
        return error.exit_code
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        return _explain(_usage(error))
    if isinstance(error, OSError) and (known := _of_system(error)):
        return _explain(known)
    print_bug(error)
    return 1


def _usage(error: click.ClickException) -> TrigpointError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "trigpoint"
    return UsageError.of(BAD_LINE, error.format_message(), hint=f"see `{path} --help`")


def _of_system(error: OSError) -> TrigpointError | None:
    """The refusals of the operating system that a person can mend."""
    import errno

    name = errno.errorcode.get(error.errno or 0, "")
    where = f" ({error.filename})" if error.filename else ""
    text = f"{error.strerror}{where}"
    if name in DISK_ERRORS:
        return DiskError.of("TP361", text, hint="make room and run it again; nothing that was published is lost")
    if name in ("EACCES", "EPERM"):
        return PermissionDeniedError.of("TP362", text, hint="ask for the right to read or write there")
    if name in ("EROFS", "EISDIR", "ENOTDIR", "ENOENT", "EEXIST"):
        return WriteError.of("TP360", text, hint="name another folder, or make it writable")
    return None


def _reader_went_away() -> int:
    """`trigpoint scores health | head`: not an error of ours; keep Python from complaining when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
