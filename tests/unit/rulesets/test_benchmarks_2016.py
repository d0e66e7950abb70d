"""The layer benchmarks-2016: every figure with its source, in a real run over the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from trigpoint.benchmarks import compare
from trigpoint.model.comparison import Comparison
from trigpoint.rules import check, load_project, load_ruleset
from trigpoint.run import run_project
from trigpoint.store import open_store, run_of, values

PROJECT = """
timezone = "UTC"
as_of = 2026-06-30
rules = ["trigpoint:benchmarks-2016"]
"""
# The recurring revenue of the firm month by month, in millions, and the stage that it belongs to.
STAGES = [
    (1, 2.0, "up to $2M"),
    (2, 2.999999, "up to $2M"),
    (3, 3.0, "$3-5M"),
    (4, 5.9, "$3-5M"),
    (5, 6.0, "$6-20M"),
    (6, 20.9, "$6-20M"),
    (7, 21.0, "$21-50M"),
    (8, 50.0, "$21-50M"),
    (9, 50.000001, "$50M+"),
]
FILES = {
    "accounts": "account_id,name,segment,plan,region,industry,csm_id,signed_up\n"
    "A-1,Acme,enterprise,big,emea,steel,C-1,2020-01-01\nA-2,Beta,smb,small,emea,wood,C-2,2020-01-01\n",
    "csms": "csm_id,name,role,region,team,hired_on,left_on,annual_cost,renewal_target\n"
    "C-1,Anna,strategic,emea,one,2020-01-01,,80000,\nC-2,Bo,,emea,one,2020-01-01,,100000,\n",
    "contracts": "contract_id,account_id,kind,plan,start_date,end_date,arr,seats,features_included,auto_renew\n"
    + "".join(
        f"K-{month},A-1,base,big,2025-{month:02}-01,2025-{month:02}-28,{arr * 1_000_000 - 1:.0f},10,5,true\n"
        for month, arr, _ in STAGES
    )
    + "K-20,A-1,base,big,2026-01-01,,2500000,10,5,true\nK-21,A-2,base,small,2025-01-01,,1,10,5,true\n",
    "renewals": "renewal_id,account_id,recorded_on,due_date,due,quoted,quoted_on,notice_on,renewed,closed_on\n"
    + "".join(f"R-{number},A-1,2025-08-01,2026-01-10,100,,,,92,2026-01-09\n" for number in range(20)),
}


@pytest.fixture(scope="module")
def project_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with four of the catalogue's tables filled; the others have no source."""
    root = tmp_path_factory.mktemp("benchmarked")
    sources = "".join(f'[sources.{name}]\nplugin = "files"\npath = "{name}.csv"\n' for name in FILES)
    (root / "trigpoint.toml").write_text(PROJECT + sources)
    for name, text in FILES.items():
        (root / f"{name}.csv").write_text(text)
    run_project(load_project(root))
    return root


@pytest.fixture(scope="module")
def found(project_root: Path) -> Iterator[dict[str, Comparison]]:
    """The comparisons of the run as of 30 June 2026, by name."""
    project = load_project(project_root)
    with open_store(project.store_path) as store:
        yield {each.benchmark.name: each for each in compare(store, run_of(store), load_ruleset(project))}


def kinds(found: Comparison) -> dict[str, str | None]:
    """By key why a figure is not compared, None where it is."""
    return {each.key: each.refusal.kind if each.refusal else None for each in found.figures}


def test_the_layer_has_no_problem(project_root: Path) -> None:
    """Not even a warning: each formula is that of the metric."""
    assert check(project_root) == ()


def test_every_figure_has_its_source_and_is_marked(found: dict[str, Comparison]) -> None:
    """All are of the one report, of 2016, and out of date."""
    assert len(found) == 15
    for each in found.values():
        assert each.benchmark.citation == "2016 Expansion Report: Benchmarks for Customer Success"
        assert each.benchmark.year == 2016
        assert each.out_of_date
        assert each.benchmark.text.why
        assert each.refusal is None
    thumb = {name for name, each in found.items() if each.benchmark.basis != "peers"}
    assert thumb == {"arr_per_csm_2016", "book_of_csm_2016"}


def test_figures_stand_where_they_apply(found: dict[str, Comparison]) -> None:
    """Twenty renewals at 92 % stand between the two references; two customers are too few for a churn figure."""
    (renewals,) = found["net_renewal_2016"].figures
    assert (renewals.value, renewals.n) == (0.92, 20)
    assert renewals.standing is not None
    assert (renewals.standing.above, renewals.standing.below) == ("struggling", "growing")
    assert kinds(found["median_churn_2016"]) == {"company": "too few"}
    (revenue,) = found["arr_per_csm_2016"].figures
    assert (revenue.value, revenue.standing and revenue.standing.below) == (1250000.5, "usual")
    (pay,) = found["pay_2016"].figures
    assert (pay.value, pay.standing and pay.standing.at) == (90000, "median")


def test_apples_stay_with_apples(found: dict[str, Comparison]) -> None:
    """A firm in another stage, another role, no data: each is refused for its own reason."""
    assert kinds(found["expansion_share_2016"]) == {"company": "outside"}
    assert kinds(found["customers_of_csm_2016"]) == {"C-1": "outside", "C-2": None}
    assert kinds(found["customers_of_strategic_csm_2016"]) == {"C-1": None, "C-2": "condition without data"}
    assert kinds(found["cost_to_renew_2016"]) == {"company": "no data"}
    assert kinds(found["first_leader_2016"]) == {"company": None}


@pytest.mark.parametrize(("month", "arr", "stage"), STAGES)
def test_a_stage_goes_on_until_the_next_one_begins(project_root: Path, month: int, arr: float, stage: str) -> None:
    """The gaps between the report's stages are closed, from above."""
    project, day = load_project(project_root), dt.date(2025, month, 15)
    run_project(project, day, load=False)
    with open_store(project.store_path) as store:
        (row,) = values(store, run_of(store, day), "company")
    assert (row.value("arr"), row.value("arr_stage")) == (pytest.approx(arr * 1_000_000), stage)
