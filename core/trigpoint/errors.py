"""One family of errors: each carries problems with a code, a place and a way out, and the exit code of the process."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from attrs import field, frozen

Severity = Literal["error", "warning"]


@frozen
class Place:
    """Where something was written: a file, and the line and column in it (1-based, in characters)."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@frozen
class Problem:
    """One thing that is wrong: `code` has a page in the docs, `hint` says the way out."""

    code: str
    text: str
    place: Place | None = None
    hint: str | None = None
    severity: Severity = "error"

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        kind = "warning: " if self.severity == "warning" else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{kind}{self.code} {self.text}{hint}"


class TrigpointError(Exception):
    """Something the user can mend; the process ends with `exit_code` after all problems were printed."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

    @classmethod
    def of(cls, code: str, text: str, place: Place | None = None, hint: str | None = None) -> Self:
        """The error with a single problem."""
        return cls(Problem(code, text, place, hint))


def same_kind(error: TrigpointError, *problems: Problem) -> TrigpointError:
    """An error of the same exit code with other problems; of a class that somebody else made only the one of ours it comes from."""
    kind = next(each for each in type(error).__mro__ if each.__module__ == __name__)
    return kind(*problems)  # type: ignore[no-any-return]  # TrigpointError is the last of ours


class UsageError(TrigpointError):
    """The command line asks for something that is not there."""

    exit_code = 2


class GateError(TrigpointError):
    """A data gate failed: nothing was published."""

    exit_code = 4


class RulesError(TrigpointError):
    """The rules are wrong: nothing was run."""

    exit_code = 65


class InputError(TrigpointError):
    """A file or column that was asked for is missing."""

    exit_code = 66


class WriteError(TrigpointError):
    """An output cannot be created."""

    exit_code = 73


class DiskError(TrigpointError):
    """The disk is full or fails."""

    exit_code = 74


class LockedError(TrigpointError):
    """Another run holds the lock."""

    exit_code = 75


class PermissionDeniedError(TrigpointError):
    """A file may not be read or written."""

    exit_code = 77


class ConfigError(TrigpointError):
    """The project, or the version of a file, is not one this program can work with."""

    exit_code = 78


@frozen
class Problems:
    """Collects problems, so that all of all files are told at once."""

    found: list[Problem] = field(factory=list)

    def add(
        self, code: str, text: str, place: Place | None = None, hint: str | None = None, severity: Severity = "error"
    ) -> None:
        """Note one problem and go on."""
        self.found.append(Problem(code, text, place, hint, severity))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that keep the rules from running."""
        return tuple(problem for problem in self.found if problem.severity == "error")
