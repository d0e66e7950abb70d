"""`trigpoint check`."""

from __future__ import annotations

from attrs import asdict

from trigpoint.cli.command import command, format_option, open_plugins_of, project_root
from trigpoint.cli.output import print_json
from trigpoint.errors import Problem, Problems, RulesError

MORE = "Exit 65 if any is an error; warnings alone exit 0."


@command("check", "trigpoint check", "trigpoint check --format json", more=MORE)
@format_option("text", "json")
def main(form: str) -> int:
    from trigpoint.intake.settings import source_problems
    from trigpoint.rules import checked
    from trigpoint.rules.wording import in_order_of_place

    found = checked(project_root(), open_plugins_of)
    problems = found.problems
    if found.project is not None and found.ruleset is not None:
        told = source_problems(found.project, found.ruleset, open_plugins_of(found.project))
        problems = in_order_of_place(Problems([*problems, *told]))
    errors = sum(problem.severity == "error" for problem in problems)
    if form == "json":
        print_json({"format": 1, "problems": [_as_json(problem) for problem in problems]})
    else:
        for problem in problems:
            print(" ".join(str(problem).splitlines()))
        print(_verdict(errors, len(problems) - errors))
    return RulesError.exit_code if errors else 0


def _as_json(problem: Problem) -> dict[str, object]:
    fields = asdict(problem)
    place = fields.pop("place") or {"file": None, "line": None, "column": None}
    return {**place, **fields}


def _verdict(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "no problems"
    parts = [(errors, "error"), (warnings, "warning")]
    return " and ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in parts if count)
