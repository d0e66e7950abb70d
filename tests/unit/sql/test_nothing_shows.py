"""The password of a database is nowhere but in the environment, or in the file it is kept in."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest

from support.command_line import CommandLine
from support.databases import SOURCE, Books
from support.folder import Folder
from support.postgres import Server
from trigpoint.errors import InputError, PermissionDeniedError, TrigpointError
from trigpoint.model.source import BadRow, Batch, SourceRequest

PASSWORD = "hunter2/%"
SCORED = """
[subjects.contract]
table = "contracts"
key = "contract_id"
[tables.contracts]
columns = { contract_id = "text", amount = "number", changed_at = "timestamp" }
key = ["contract_id"]
[metrics.amount]
from = "contracts"
value = "max(amount)"
[scorecards.size]
subject = "contract"
missing = "skip"
[scorecards.size.measures.amount]
metric = "amount"
weight = 1
linear = [0, 100]
"""


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line, in this process."""
    return CommandLine(capsys)


def everything(root: Path) -> bytes:
    """All bytes of all files of a project."""
    return b"\n".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


COMMANDS = (
    ("check",),
    ("load",),
    ("load", "--format", "json"),
    ("run", "--format", "json"),
    ("scores", "size"),
    ("sql-tables", "contracts"),
)


def test_no_output_and_no_file_holds_the_password(
    postgres: Books, server: Server, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is run, with a database that works and with one that refuses: the password is in no output and no file."""
    postgres.run("CREATE TABLE contracts (contract_id text, amount numeric, changed_at timestamptz)")
    postgres.run("INSERT INTO contracts VALUES ('C-1', 50, '2026-01-01')")
    postgres.source('from = "contracts"', 'cursor = "changed_at"', rules=SCORED)
    monkeypatch.setenv("TRIGPOINT_DEBUG", "1")
    monkeypatch.chdir(postgres.folder.root)
    said = [command_line(*command) for command in COMMANDS]
    assert [answer.code for answer in said] == [0] * len(said), said
    monkeypatch.setenv("BOOKS_URL", server.url("nowhere"))
    said += [command_line(*command) for command in COMMANDS]
    assert {answer.code for answer in said} == {0, 4, 66}
    shown = "".join(answer.out + answer.err for answer in said).encode() + everything(postgres.folder.root)
    assert b"postgres:***@127.0.0.1" in shown
    for each in (server.password, unquote(server.password)):
        assert each.encode() not in shown


class Talker:
    """A source that says its secrets wherever it can."""

    name = "talker"
    schema: Mapping[str, object] = {"type": "object"}

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """Rows and bad rows of which the file, the reason and the excerpt hold the secret; then the error."""
        secret = str(request.settings.options["password"])
        header = ("contract_id", "amount", "changed_at")
        bad = [BadRow(f"at {secret}", 2, f"is no {secret}", secret)]
        yield Batch(f"at {secret}", 1, header, [("C-1", 1, None)], bad)
        if self.error is not None:
            raise self.error


ERRORS = [
    ValueError(f"with {PASSWORD}"),
    KeyError(PASSWORD),
    SystemExit(f"{PASSWORD} is wrong"),
    InputError.of("TP401", f"{PASSWORD} is gone", hint=f"look at {PASSWORD}"),
    TrigpointError.of("TP403", "hunter2%2F%25 is gone"),
    PermissionDeniedError.of("TP362", f"{PASSWORD} is refused"),
]


@pytest.fixture
def talking(tmp_path: Path) -> Folder:
    """A project whose source reads its password from a file."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "password").write_text(PASSWORD + "\n")
    (tmp_path / "project").mkdir()
    source = SOURCE.replace('"sql"', '"talker"').replace(
        'url = { env = "BOOKS_URL" }', f'password = {{ file = "{tmp_path}/elsewhere/password" }}'
    )
    return Folder(tmp_path / "project", source + "max_bad_rows = 9\n", SCORED)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_a_source_says_is_hidden(talking: Folder, error: BaseException) -> None:
    """An error of a plugin, whatever its kind, has no secret in its text, nor in the traceback of what it came from."""
    with pytest.raises(TrigpointError) as raised:
        talking.load(sources={"talker": Talker(error)})
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert "***" in str(raised.value)
    for each in (shown.encode(), everything(talking.root)):
        assert b"hunter2" not in each


def test_what_a_source_puts_into_bad_rows_is_hidden(talking: Folder) -> None:
    """Neither the quarantine nor what is told of it holds the secret."""
    (ended,) = talking.load(sources={"talker": Talker()})
    assert ended.quarantined == 1
    assert talking.query("SELECT file, reason, excerpt FROM _quarantine") == [("at ***", "is no ***", "***")]
    assert b"hunter2" not in everything(talking.root)


def test_settings_do_not_show_their_secrets(talking: Folder) -> None:
    """A plugin, or a debugger, that prints the settings it was given prints no secret."""
    seen: list[str] = []

    class Printer(Talker):
        def read(self, request: SourceRequest) -> Iterator[Batch]:
            seen.append(f"{request!r} {request.settings}")
            yield from super().read(request)

    talking.load(sources={"talker": Printer()})
    assert "'***'" in seen[0]
    assert "hunter2" not in seen[0]


def test_a_secret_that_is_missing_is_read_by_nobody(talking: Folder, tmp_path: Path) -> None:
    """Without its secret a source fails as it does without its file, and is not asked; `on_error` decides."""
    (tmp_path / "elsewhere" / "password").unlink()
    with pytest.raises(InputError, match="TP427 source 'contracts': 'password' asks for the file"):
        talking.load(sources={"talker": Talker(AssertionError("asked"))})
    text = (talking.root / "trigpoint.toml").read_text()
    (talking.root / "trigpoint.toml").write_text(text + 'on_error = "skip"\n')
    (ended,) = talking.load(sources={"talker": Talker()})
    assert ended.status == "skipped"


def test_check_reads_no_secret_and_connects_to_nothing(
    sqlite: Books, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules and settings are checked where neither the secret nor the database is."""
    sqlite.source('from = "contracts"', rules=SCORED)
    monkeypatch.delenv("BOOKS_URL")
    monkeypatch.chdir(sqlite.folder.root)
    assert command_line("check").code == 0
