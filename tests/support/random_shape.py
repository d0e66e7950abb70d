"""Which subjects and tables a random example has: parents that change hands, histories, keys found in children, lookups."""

from __future__ import annotations

from random import Random

from attrs import frozen

from support.random_rows import (
    ACCOUNT_COLUMNS,
    BOOK_COLUMNS,
    BOOKS,
    CSM_COLUMNS,
    PAIR_COLUMNS,
    PLAN_COLUMNS,
    RATE_COLUMNS,
    SEGMENT_COLUMNS,
    STRETCH,
    SUB_COLUMNS,
)

LOOKUPS = {"rate": "number", "word": "text", "plan": "number", "pair": "date"}  # with the types of what they find


@frozen
class Shape:
    """The subjects above and below accounts, and how each is known."""

    csm: bool = True
    segment: bool = True
    segment_table: bool = True
    team: bool = False  # above csms, without a table
    dated: frozenset[tuple[str, str]] = frozenset()  # children that change hands, with the parent
    history: frozenset[str] = frozenset()
    lookups: tuple[tuple[str, str | None], ...] = ()  # with `at`
    rate_time: str = "date"

    @classmethod
    def random(cls, rng: Random, *, csm: bool) -> Shape:
        csm = csm or rng.random() < 0.8
        segment = rng.random() < 0.7
        team = csm and rng.random() < 0.4
        chances = {("account", "csm"): 0.3 * csm, ("account", "segment"): 0.25 * segment}
        chances |= {("sub", "account"): 0.1, ("csm", "team"): 0.25 * team}
        dated = {way for way, chance in chances.items() if rng.random() < chance}
        history = {name for name, chance in (("account", 0.2), ("sub", 0.1), ("csm", 0.1)) if rng.random() < chance}
        lookups = {
            "rate": rng.choice(["fixed", "as of", "row"]),
            "word": rng.choice(["fixed", "as of"]),
            "plan": None,
            "pair": None,
        }
        return cls(
            csm,
            segment,
            rng.random() < 0.5,
            team,
            frozenset(dated),
            frozenset(history if csm else history - {"csm"}),
            tuple(lookups.items()) if rng.random() < 0.4 else (),
            rng.choice(["date", "timestamp"]),
        )

    def parents(self, subject: str) -> tuple[str, ...]:
        """The subjects directly above one."""
        if subject == "sub":
            return ("account",)
        if subject == "account":
            return tuple(name for name, there in (("csm", self.csm), ("segment", self.segment)) if there)
        return ("team",) if subject == "csm" and self.team else ()

    def above(self, subject: str) -> frozenset[str]:
        """All above a subject, the company included."""
        return frozenset({"company"}).union(*({each} | self.above(each) for each in self.parents(subject)))

    def columns(self, subject: str) -> dict[str, str]:
        """The columns of a subject's own table."""
        known = {"account": ACCOUNT_COLUMNS, "sub": SUB_COLUMNS, "csm": CSM_COLUMNS}
        if subject == "segment" and self.segment_table:
            return SEGMENT_COLUMNS
        stretch = STRETCH[subject] if subject in self.history and subject != "sub" else {}
        return {**known.get(subject, {}), **stretch}

    def moves(self, subject: str) -> bool:
        """Whether the way up from a subject depends on the day."""
        return bool({subject, *self.above(subject)} & self.history) or self.changes_hands(subject)

    def changes_hands(self, subject: str) -> bool:
        """Whether who is above a subject is written in a table beside it, for any step of the way."""
        return any(child in (subject, *self.above(subject)) for child, _ in self.dated)

    def most_handovers(self, subject: str) -> int:
        """How many steps of one way up from a subject change hands."""
        ways = (((subject, parent) in self.dated) + self.most_handovers(parent) for parent in self.parents(subject))
        return max(ways, default=0)

    def subjects(self, rng: Random) -> dict[str, dict]:
        """The subjects as they are written."""
        account: dict = {"table": "accounts", "key": "account_id", "label": "a_name"}
        if rng.random() < 0.3:
            account["since"] = rng.choice(["a_start", "a_seen"])
        if rng.random() < 0.2:
            account["young"] = rng.choice(["count", "no data"])
        found = {"account": account, "sub": {"table": "subs", "key": "sub_id"}}
        if self.csm:
            found["csm"] = {"table": "csms", "key": "csm_id", "label": "c_name"}
            if rng.random() < 0.3:
                found["csm"]["since"] = "c_start"
        if self.team:
            found["team"] = {}
        if self.segment:
            found["segment"] = {"table": "segments", "key": "segment"} if self.segment_table else {}
        for name in sorted(self.history):
            found[name]["history"] = True
        for name, written in found.items():
            if self.parents(name):
                written["parents"] = {parent: self.parent(name, parent) for parent in self.parents(name)}
        return found

    def parent(self, child: str, parent: str) -> str | dict:
        """A parent as it is written: the column of the own table, or the table that says who it was when."""
        if (child, parent) in self.dated:
            return {"table": BOOKS[child][0], "column": f"b_{parent}"}
        return {"csm": "csm_id", "segment": "segment", "account": "account_id", "team": "c_team"}[parent]

    def tables(self, rng: Random) -> dict[str, dict]:
        """Their own tables, who held whom, and what is looked up."""
        found: dict[str, dict] = {
            "accounts": {"columns": self.columns("account"), "key": ["account_id"]},
            "subs": {"columns": dict(SUB_COLUMNS), "key": ["sub_id"]},
        }
        if self.csm:
            found["csms"] = {"columns": self.columns("csm"), "key": ["csm_id"]}
        if self.segment and self.segment_table:
            found["segments"] = {"columns": dict(SEGMENT_COLUMNS)}
        if rng.random() < 0.5 and "sub" not in self.history:
            found["subs"]["time"] = "s_from"
        if rng.random() < 0.5 or "sub" in self.history:
            found["subs"]["in_force"] = in_force(rng, "s_from", "s_to")
        for name in sorted(self.history):
            own, (start, end) = f"{name}s", ("s_from", "s_to") if name == "sub" else [*STRETCH[name]][:2]
            found[own] |= {"in_force": in_force(rng, start, end), "key": [*found[own]["key"], start]}
            if name == "account" and rng.random() < 0.4:
                found[own]["known"] = {"row": "a_told"}
        unit = rng.choice(["month", "quarter", "year"])
        found["accounts"]["derived"] = {"a_cohort": f"period(a_start, '{unit}')"}
        for child in sorted({child for child, _ in self.dated}):
            found[BOOKS[child][0]] = self.books(rng, child)
        if self.lookups:
            columns = {**RATE_COLUMNS, "r_day": self.rate_time}
            found["rates"] = {"columns": columns, "key": ["r_key", "r_day"], "time": "r_day"}
            if rng.random() < 0.4:
                found["rates"]["known"] = {rng.choice(["row", "r_rate"]): "r_known"}
            found["plans"] = {"columns": dict(PLAN_COLUMNS), "key": ["p_key"]}
            found["pairs"] = {"columns": dict(PAIR_COLUMNS), "key": ["q_two", "q_one"]}
        return found

    def books(self, rng: Random, child: str) -> dict:
        """The table that says who held which child."""
        key = BOOKS[child][1]
        table = {
            "columns": {**BOOK_COLUMNS, key: "text", **{f"b_{parent}": "text" for parent in self.parents(child)}},
            "key": ["book_id"],
            "belongs_to": {child: key},
            "in_force": in_force(rng, "b_from", "b_to"),
        }
        form = rng.randrange(3)
        if form:
            table |= {"time": "b_told"} if form == 1 else {"time": "b_from", "known": {"row": "b_told"}}
        return table

    def found(self) -> dict[str, dict]:
        """The lookups as they are written."""
        sources = {
            "rate": ("rates", ["r_key"], "r_rate"),
            "word": ("rates", ["r_key"], "r_word"),
            "plan": ("plans", ["p_key"], "p_rate"),
            "pair": ("pairs", ["q_one", "q_two"], "q_day"),
        }
        made = {}
        for name, at in self.lookups:
            table, key, value = sources[name]
            made[name] = {"table": table, "key": key, "value": value, **({"at": at} if at else {})}
        return made

    def lookup_names(self, texts: list[str], rng: Random, *, row: bool) -> dict[str, list[str]]:
        """Lookups of some texts, by the type of what they find; those that look at a fact's day only on facts."""
        names: dict[str, list[str]] = {}
        for name, at in self.lookups:
            if texts and (row or at != "row"):
                asked = rng.choices(texts, k=2 if name == "pair" else 1)
                names.setdefault(LOOKUPS[name], []).append(f"lookup({name}, {', '.join(asked)})")
        return names


def in_force(rng: Random, start: str, end: str) -> dict:
    """From when to when a row holds."""
    return {"from": start, "to": end, "to_is": rng.choice(["last day", "first day without"])}
