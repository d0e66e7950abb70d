"""`trigpoint rulesets`."""

from __future__ import annotations

from trigpoint.cli.command import command, format_option
from trigpoint.cli.output import print_json, print_sheet
from trigpoint.report.sheet import Sheet, SheetColumn

MORE = 'Name one as the first entry of `rules` in trigpoint.toml: rules = ["trigpoint:NAME", "rules/*.toml"].'


@command("rulesets", "trigpoint rulesets", "trigpoint init mine --from b2b-saas", more=MORE)
@format_option("table", "json")
def main(form: str) -> None:
    from trigpoint.draft import bundled_rulesets

    found = bundled_rulesets()
    if form == "json":
        print_json({"format": 1, "rulesets": [{"name": each.name, "title": each.title} for each in found]})
        return
    columns = (SheetColumn("ruleset"), SheetColumn("what it is"))
    print_sheet(Sheet(columns, tuple((each.name, each.title) for each in found)))
