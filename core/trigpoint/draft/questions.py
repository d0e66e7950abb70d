"""The questions that come before any target: what is asked, why it matters, and what may be answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from trigpoint.draft.toml_text import literal
from trigpoint.errors import UsageError

Answer = str | tuple[str, ...] | dict[str, str]
NONE = "none"
ALWAYS = ("accounts", "csms", "contracts")  # without these there is nobody to judge, and nothing to keep
LONGEST_SEGMENT = 100  # more is a slip of the keyboard: it stands in conditions, titles and tables


@frozen
class Question:
    """One question. `form`: one of the choices, several of them, or one for all or for each segment.

    The choices are those of the project file's schema, so that it and the questions cannot differ.
    """

    name: str
    text: str
    why: str
    default: str
    meanings: Mapping[str, str] = field(factory=dict)
    form: Literal["one", "several", "segments"] = "one"
    understood: tuple[str, ...] = ()  # words that may be said, and are so anyway

    @property
    def option(self) -> str:
        """The option of the command line that gives the answer."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be answered."""
        from trigpoint.rules.shape import schema

        found = schema("project")["$defs"]["answers"]["properties"][self.name]
        found = found["anyOf"][0] if "anyOf" in found else found.get("items", found)
        return tuple(found["enum"])

    def read(self, text: str) -> Answer:
        """The answer that was typed. Raises UsageError."""
        if self.form == "one":
            return self._choice(text.strip())
        if self.form == "segments":
            return self._segments(text)
        return self._several(_parts(text))

    def shown(self, answer: Answer) -> str:
        """The answer as it would be typed."""
        if isinstance(answer, dict):
            return ",".join(f"{segment}={model}" for segment, model in answer.items())
        return answer if isinstance(answer, str) else ",".join(answer) or NONE

    def _choice(self, word: str) -> str:
        by_small = {each.lower(): each for each in self.choices}
        if word.lower() not in by_small:
            from trigpoint.rules.wording import closest

            near = closest(word.lower(), by_small)
            choices = f"one of {', '.join(self.choices)}"
            raise self._refused(f"cannot be '{word}'", f"{near} {choices}" if near else choices)
        return by_small[word.lower()]

    def _several(self, words: list[str]) -> Answer:
        if not words:
            raise self._refused("is empty", f"write {NONE}, or some of {', '.join(self.choices)}")
        given = [each for each in words if each.lower() not in (NONE, *self.understood)]
        if given and NONE in map(str.lower, words):
            raise self._refused(f"cannot be {NONE} and '{given[0]}'", f"write {NONE}, or leave it out")
        return tuple(dict.fromkeys(self._choice(each) for each in given))

    def _segments(self, text: str) -> Answer:
        if "=" not in text:
            return self._choice(text.strip())
        answer: dict[str, str] = {}
        for part in _parts(text):
            segment, _, model = (each.strip() for each in part.partition("="))
            if not segment or not model or segment in answer:
                what = "is there twice" if segment and segment in answer else "names no segment and its model"
                raise self._refused(f"'{part}' {what}", "write enterprise=enterprise,smb=transactional")
            answer[self._segment(segment)] = self._choice(model)
        return answer

    def _segment(self, name: str) -> str:
        from trigpoint.language import ExpressionError, parse

        try:
            parse(literal(name))
        except ExpressionError as error:
            raise self._refused(f"names a segment that no rule can name: {error.faults[0].text}") from None
        if len(name) > LONGEST_SEGMENT:
            raise self._refused(f"names a segment of {len(name)} characters", f"at most {LONGEST_SEGMENT}")
        return name

    def _refused(self, what: str, hint: str | None = None) -> UsageError:
        return UsageError.of("TP380", f"{self.option} {what}", hint=hint)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


QUESTIONS = (
    Question(
        "maturity",
        "How far has your firm come?",
        "Young firms want testimonials and referrals, mature ones want to avoid churn: the weights differ.",
        "growth",
        {
            "startup": "first customers; each one that speaks for you counts",
            "growth": "renewals begin to matter as much as new customers",
            "mature": "most revenue is there already; losing it is the danger",
        },
    ),
    Question(
        "goal",
        "What is the team there for first?",
        "People do what is counted. Where selling weighs much, lost customers hide behind add-ons.",
        "retention",
        {"retention": "keep customers, and what they pay", "expansion": "sell more to customers"},
    ),
    Question(
        "roles",
        "Who specialises in what?",
        "Nobody is to be judged by what another role owns. Where each does everything, answer none.",
        NONE,
        {
            "onboarding": "brings new customers live, owns no renewals",
            "pooled": "looks after many small customers by answering cues",
            "strategic": "grows relationships with a few large ones",
        },
        form="several",
    ),
    Question(
        "touch",
        "Which touch model has which segment?",
        "Silence of three weeks is an alarm at one customer and the plan at another: each segment is judged by its own.",
        "enterprise=enterprise,mid_market=mid-market,smb=transactional",
        {
            "enterprise": "few accounts, weekly or monthly contact",
            "mid-market": "more accounts, monthly to quarterly contact",
            "transactional": "many accounts, content, and contact on a trigger",
        },
        form="segments",
    ),
    Question(
        "arr_stage",
        "What is your annual recurring revenue?",
        "Benchmarks hold within a stage; figures of firms ten times as large tell you nothing.",
        "$6-20M",
    ),
    Question(
        "data",
        "Which facts do you have, besides accounts, csms and contracts?",
        "What has no data cannot be judged: it is left out, so that the rest is not watered down.",
        "renewals,usage,tickets,contacts,meetings,surveys,readings",
        {
            "renewals": "what came up for renewal, when, and what became of it",
            "usage": "who did what in the product, by day",
            "tickets": "support tickets",
            "contacts": "people at the customer, with their roles",
            "meetings": "planned meetings, and whether they were held",
            "surveys": "questions sent, answers received",
            "readings": "the CSM's regular judgement of each account, with its due date",
            "opportunities": "add-on purchases, who found and who closed them",
            "projects": "roll-outs: booked, live, first value",
            "advocacy": "references and referrals",
            "cues": "signals that called for guidance, and when it was given",
            "costs": "what customer success cost, by activity",
            "targets": "targets of persons, by period",
            "team_targets": "targets of teams, by period",
            "assignments": "who held which account from when to when",
            "absences": "leave of CSMs",
            "rates": "exchange rates, for amounts in several currencies",
        },
        form="several",
        understood=ALWAYS,
    ),
)
