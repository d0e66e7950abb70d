"""`trigpoint compile`."""

from __future__ import annotations

from trigpoint.cli.command import (
    as_of_option,
    command,
    open_plugins_of,
    project_root,
    read_date,
    warn_of_failed_plugins,
)

MORE = "Two statements for each kind of subject: facts to values, values to judgements. The names of the rules stand beside."


@command("compile", "trigpoint compile > rules.sql", more=MORE)
@as_of_option("The date that stands in the statements; else the date of the project file, yesterday by default.")
def main(as_of: str | None) -> None:
    from trigpoint.compile import compile_ruleset
    from trigpoint.rules import load_project
    from trigpoint.run import clock_of, load_ruleset, resolve_as_of

    project = load_project(project_root())
    clock = clock_of(project)
    plugins = open_plugins_of(project)
    ruleset = load_ruleset(project, plugins)
    warn_of_failed_plugins(plugins)
    program = compile_ruleset(ruleset, read_date(as_of, clock.today) if as_of else resolve_as_of(project, clock))
    print(f"-- ruleset {ruleset.fingerprint}, as of {program.as_of}")
    for statement in program.statements:
        print(f"\n-- {statement.title}\n{statement.text};")
