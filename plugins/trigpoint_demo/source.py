"""The source `demo`: streams the tables of the made-up company, account by account, in constant memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from attrs import frozen

from trigpoint import Batch, Cell, InputError, Problem, SourceRequest
from trigpoint_demo import assignments, book, growth, guidance, people, product, rates, staff
from trigpoint_demo.story import DAY, Company, Story, story

Row = tuple[Cell, ...]
BATCH_ROWS = 5_000
DEFAULT_ACCOUNTS = 200
DEFAULT_SEED = 7
DEFAULT_UNTIL = dt.date(2026, 6, 30)  # fixed: a demo that follows the clock would never be the same twice
NOBODY = "A-GONE"  # an account that no table of accounts knows

SCHEMA: Mapping[str, object] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "accounts": {"type": "integer", "minimum": 50, "maximum": 1_000_000},
        "seed": {"type": "integer"},
        "until": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    },
}


def _no_strays(_until: dt.date) -> tuple[Row, ...]:
    return ()


def _stray_usage(until: dt.date) -> tuple[Row, ...]:
    return ((NOBODY, f"{NOBODY}-U01", until - 20 * DAY, "reports", 12),)


def _stray_ticket(until: dt.date) -> tuple[Row, ...]:
    opened = dt.datetime.combine(until - 19 * DAY, dt.time(9, 30))
    return (("T-GONE-001", NOBODY, opened, None, "p2", "how_to", 40, None),)


def _stray_meeting(until: dt.date) -> tuple[Row, ...]:
    return (("M-GONE-001", NOBODY, None, None, until - 18 * DAY, "check_in", True, False),)


@frozen
class Facts:
    """How one table comes about: its columns, the rows of an account, and the rows that belong to nobody."""

    header: tuple[str, ...]
    rows: Callable[[Company, Story], Iterator[Row]]
    strays: Callable[[dt.date], tuple[Row, ...]] = _no_strays


TABLES: Mapping[str, Facts] = {
    "accounts": Facts(book.ACCOUNTS, book.accounts),
    "contracts": Facts(book.CONTRACTS, book.contracts),
    "renewals": Facts(book.RENEWALS, book.renewals),
    "usage": Facts(product.USAGE, product.usage, _stray_usage),
    "tickets": Facts(product.TICKETS, product.tickets, _stray_ticket),
    "contacts": Facts(people.CONTACTS, people.contacts),
    "meetings": Facts(people.MEETINGS, people.meetings, _stray_meeting),
    "surveys": Facts(people.SURVEYS, people.surveys),
    "readings": Facts(people.READINGS, people.readings),
    "assignments": Facts(assignments.ASSIGNMENTS, assignments.assignments),
    "opportunities": Facts(growth.OPPORTUNITIES, growth.opportunities),
    "advocacy": Facts(growth.ADVOCACY, growth.advocacy),
    "projects": Facts(growth.PROJECTS, growth.projects),
    "cues": Facts(guidance.CUES, guidance.cues),
}


@frozen
class Register:
    """How a table that belongs to no account comes about: its columns, and its rows."""

    header: tuple[str, ...]
    rows: Callable[[Company], Iterator[Row]]


REGISTERS: Mapping[str, Register] = {
    "csms": Register(staff.CSMS, staff.csms),
    "absences": Register(staff.ABSENCES, staff.absences),
    "costs": Register(staff.COSTS, staff.costs),
    "targets": Register(staff.TARGETS, staff.targets),
    "team_targets": Register(staff.TEAM_TARGETS, staff.team_targets),
    "rates": Register(rates.RATES, rates.rates),
}


class DemoSource:
    """A seeded company whose churn has causes; the table's name says which of its tables is wanted."""

    name = "demo"
    schema: Mapping[str, object] = SCHEMA

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """The rows of the table, in batches. Raises InputError for a table the company does not have."""
        table = request.settings.table
        if table not in TABLES and table not in REGISTERS:
            known = ", ".join(sorted([*TABLES, *REGISTERS]))
            place = request.settings.place
            raise InputError(Problem("TP480", f"the demo company has no table '{table}'", place, f"it has {known}"))
        company = company_of(request.settings.options)
        if table in REGISTERS:
            yield from _register(company, table)
        else:
            yield from _batches(company, table, request.progress)


def company_of(options: Mapping[str, object]) -> Company:
    """The company that the settings describe; settings left out have fixed defaults."""
    until = options.get("until", DEFAULT_UNTIL)
    return Company(
        seed=int(str(options.get("seed", DEFAULT_SEED))),
        accounts=int(str(options.get("accounts", DEFAULT_ACCOUNTS))),
        until=until if isinstance(until, dt.date) else dt.date.fromisoformat(str(until)),
    )


def _register(company: Company, table: str) -> Iterator[Batch]:
    register, first_row = REGISTERS[table], 1
    rows = register.rows(company)
    while some := list(islice(rows, BATCH_ROWS)):
        yield Batch(file=f"demo:{table}", first_row=first_row, header=register.header, rows=some)
        first_row += len(some)


def _batches(company: Company, table: str, progress: Callable[[int, int | None], None]) -> Iterator[Batch]:
    facts, first_row = TABLES[table], 1
    rows: list[Sequence[Cell]] = []
    for number in range(1, company.accounts + 1):
        rows.extend(facts.rows(company, story(company, number)))
        if len(rows) >= BATCH_ROWS:
            yield Batch(file=f"demo:{table}", first_row=first_row, header=facts.header, rows=rows)
            first_row += len(rows)
            rows = []
            progress(number, company.accounts)
    rows.extend(facts.strays(company.until))
    if rows:
        yield Batch(file=f"demo:{table}", first_row=first_row, header=facts.header, rows=rows)
    progress(company.accounts, company.accounts)
