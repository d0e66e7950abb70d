"""`trigpoint scores`."""

from __future__ import annotations

from itertools import chain

import click

from trigpoint.cli.command import as_of_option, closed_afterwards, command, format_option, open_results
from trigpoint.cli.output import print_csv, print_json_rows, print_sheet
from trigpoint.cli.program import unknown

EXAMPLES = ("trigpoint scores health --band at_risk --sort score", "trigpoint scores health --format csv > health.csv")


@command("scores", *EXAMPLES)
@click.argument("name", metavar="SCORECARD|FAMILY")
@click.option("--band", metavar="BAND", help="Only those in this band.")
@click.option("--sort", type=click.Choice(["key", "score"]), default="key", show_default=True, help="Lowest first.")
@as_of_option("The scores of that date; else the newest.")
@format_option("table", "json", "csv")
def main(name: str, band: str | None, sort: str, as_of: str | None, form: str) -> None:
    from trigpoint.report import scores as report
    from trigpoint.store import score_columns, scores
    from trigpoint.store.read import members, publication_of

    with open_results(as_of) as (store, run):
        cards = members(store, run, name)
        known = dict.fromkeys(chain.from_iterable(card.bands for card in cards))
        if band is not None and band not in known:
            raise unknown(
                "TP344", "band", band, known, f"there are: {', '.join(known)}" if known else f"'{name}' has no bands"
            )
        is_family = name not in {card.name for card in cards}
        bands = {card.name: card.bands for card in cards}
        published = publication_of(cards, run.as_of)
        columns = score_columns(store, run, name)
        found = scores(store, run, name, band, order="score" if sort == "score" else "key")
        with closed_afterwards(found) as rows:
            sheet = report.ScoreSheet(name, cards[0].subject, run, columns, rows, is_family, bands, published)
            if form == "json":
                print_json_rows(report.scores_head(sheet), report.scores_rows(sheet))
            elif form == "csv":
                print_csv(*report.scores_csv(sheet))
            else:
                if published:
                    print(str(published))
                print_sheet(report.scores_table(sheet))
