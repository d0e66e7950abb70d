"""The oracle's scores: scales, groups, guards, bands, reasons, on cases worked out by hand."""

from __future__ import annotations

import pytest

from support.small import judged, ruleset

# -- scorecards: a value row per account, given by columns

CARD_BASE = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { segment = "segment" }
[subjects.segment]
table = "segments"
key = "segment"
[tables.segments]
columns = { segment = "text" }
[tables.accounts]
columns = { account_id = "text", segment = "text", a = "number", b = "number", c = "number", t = "text", ok = "boolean" }
"""


def scored(card: str, accounts: str, **kwargs):
    """The rows of a scorecard `card` over accounts with columns a, b, c, t, ok."""
    rules = ruleset(
        "[scorecards.card]\nsubject = 'account'\nbands = { good = 70, fair = 40, bad = 0 }\n" + card, base=CARD_BASE
    )
    return judged(rules, {"accounts": accounts, "segments": "s\nother"}, **kwargs)["scores"]["card"]


@pytest.mark.parametrize(
    ("scale", "a", "points"),
    [
        ("linear = [0.2, 0.9]", 0.55, 50),
        ("linear = [10, 0]", 4, 60),
        ("linear = [0, 10]", 11, 100),
        ("linear = ['b', 'b + 0']", 11, None),
        ("steps = [[-inf, 0], [0.3, 50], [0.8, 100]]", 0.3, 50),
        ("steps = [[-inf, 0], [0.3, 50], [0.8, 100]]", 0.299999999, 0),
        ("steps = [[-inf, 0], [0.3, 50], [0.8, 100]]", 0.29999999999, 50),  # rounded to nine decimals first
        ("upto = [[0, 100], [2, 50], [inf, 0]]", 2, 50),
        ("upto = [[0, 100], [2, 50], [inf, 0]]", 2.1, 0),
        ("curve = [[0, 100], [2, 80], [10, 0]]", 6, 40),
        ("curve = [[0, 100], [2, 80], [10, 0]]", -6, 100),
        ("curve = [[0, 100], ['b', 80], [2, 0]]", 1, None),  # b is 3: not ascending
        ("target = 0.95\nzero_at = 0.80\nmax_points = 110", 0.965, 110),
        ("target = 0.95\nzero_at = 0.80\nmax_points = 110", 0.875, 50),
        ("target = 10", 5, 50),
        ("target = 'b'\nzero_at = 3", 5, None),
        ("target = 2\nzero_at = 12", 7, 50),
    ],
)
def test_scales(scale, a, points):
    """Each scale turns a value into points as its line of the language page says."""
    card = f"missing = 'skip'\n[scorecards.card.measures.m]\nvalue = 'a'\n{scale}"
    assert scored(card, f"A, s, {a}, 3, , ,")["A"]["points"]["m"] == pytest.approx(points)


def test_choices():
    """Unlisted texts have no data, or `else`; truth values are choices too."""
    card = """missing = 'skip'
    [scorecards.card.measures]
    plain = { value = 't', choices = { green = 100, red = 0 } }
    other = { value = 't', choices = { green = 100, else = 20 } }
    truth = { value = 'ok', choices = { true = 80, false = 30 } }
    """
    found = scored(card, "A, s, , , , green, false\nB, s, , , , blue, true\nC, s, , , , , ")
    assert found["A"]["points"] == {"plain": 100, "other": 100, "truth": 30}
    assert found["B"]["points"] == {"plain": None, "other": 20, "truth": 80}
    assert found["C"]["points"] == {"plain": None, "other": None, "truth": None}
    assert found["C"]["outcome"] == "insufficient_data"


def test_rank_among_peers():
    """100 x those with a worse value / (their number - 1), among those of one segment that have data."""
    card = "missing = 'skip'\n[scorecards.card.measures.m]\nvalue = 'a'\nrank = 'segment'\npeers = 3"
    accounts = "A, s, 1, , , ,\nB, s, 2, , , ,\nC, s, 2, , , ,\nD, s, , , , ,\nE, s, 9, , , ,\nF, other, 9, , , ,\nG, , 1, , , ,"
    points = {key: row["points"]["m"] for key, row in scored(card, accounts).items()}
    assert points == {
        "A": 0,
        "B": pytest.approx(100 / 3),
        "C": pytest.approx(100 / 3),
        "D": None,
        "E": 100,
        "F": None,
        "G": None,
    }


GROUPS = """
missing = "skip"
min_coverage = 0.5
[scorecards.card.groups]
left = { weight = 60 }
right = { weight = 40, combine = "worst" }
[scorecards.card.measures]
a = { group = "left", value = "a", weight = 3, linear = [0, 100] }
b = { group = "left", value = "b", weight = 1, linear = [0, 100] }
c = { group = "right", value = "c", linear = [0, 100] }
"""


def test_groups_share_out_the_weight_of_what_is_missing():
    """A missing measure leaves its weight to its group, a missing group to the scorecard; coverage tells."""
    found = scored(GROUPS, "A, s, 80, 40, 50, ,\nB, s, 80, , 50, ,\nC, s, 80, 40, , ,\nD, s, , , 50, ,")
    assert found["A"]["points"] == {"left": 70, "right": 50, "a": 80, "b": 40, "c": 50}
    assert (found["A"]["score"], found["A"]["coverage"], found["A"]["band"]) == (62, 1, "fair")
    assert (found["B"]["score"], found["B"]["coverage"]) == (68, pytest.approx(0.85))
    assert (found["C"]["score"], found["C"]["coverage"]) == (70, pytest.approx(0.6))
    assert found["C"]["band"] == "good"  # the lower edge belongs to the band
    assert (found["D"]["outcome"], found["D"]["score"], found["D"]["coverage"]) == (
        "insufficient_data",
        None,
        pytest.approx(0.4),
    )


def test_reasons_add_up():
    """What each measure cost adds up to 100 - score; the dearest come first."""
    row = scored(GROUPS, "A, s, 80, 40, 50, ,")["A"]
    lost = {"c": 20.0, "a": 9.0, "b": 9.0}
    assert [(each["measure"], each["lost"]) for each in row["reasons"]] == list(lost.items())
    assert sum(row["lost"].values()) == pytest.approx(100 - row["score_before_guards"])


@pytest.mark.parametrize(
    ("missing", "score", "coverage", "outcome"),
    [
        ("skip", 80, 0.75, "scored"),
        ("middle", 72.5, 0.75, "scored"),
        ("worst", 60, 0.75, "scored"),
        ("fail", None, 0.75, "insufficient_data"),
    ],
)
def test_missing(missing, score, coverage, outcome):
    """A stand-in counts when points are combined, never for coverage, and does not show as the measure's points."""
    card = f"""missing = '{missing}'
    [scorecards.card.measures]
    a = {{ value = "a", weight = 3, linear = [0, 100] }}
    b = {{ value = "b", weight = 1, linear = [0, 100] }}
    """
    row = scored(card, "A, s, 80, , , ,")["A"]
    assert (row["score"], row["coverage"], row["outcome"]) == (score, coverage, outcome)
    assert row["points"] == {"a": 80, "b": None}


def test_what_does_not_apply_leaves_the_total():
    """A false `when` takes the measure out of coverage too; one without data makes it missing."""
    card = """missing = 'worst'
    [scorecards.card.measures]
    a = { value = "a", linear = [0, 100] }
    b = { value = "b", linear = [0, 100], when = "ok" }
    """
    found = scored(card, "A, s, 80, 20, , , false\nB, s, 80, 20, , , \nC, s, 80, 20, , , true")
    assert [(found[key]["score"], found[key]["coverage"]) for key in "ABC"] == [(80, 1), (40, 0.5), (50, 1)]


def test_sum_scorecards():
    """A sum starts from its base, adds what the points are worth, caps groups, and is clamped to 0..100."""
    card = """combine = "sum"
    base = 50
    missing = "skip"
    [scorecards.card.groups]
    g = { max = 20 }
    [scorecards.card.measures]
    a = { group = "g", value = "a", linear = [0, 100], worth = 15 }
    b = { group = "g", value = "b", linear = [0, 100], worth = 25 }
    c = { value = "c", linear = [0, 100], worth = [-30, 20] }
    """
    found = scored(card, "A, s, 100, 80, 40, ,\nB, s, , , 0, ,\nC, s, 100, 100, 100, ,\nD, s, , , , ,")
    assert found["A"]["points"] == {"g": 20, "a": 100, "b": 80, "c": 40}
    assert (found["A"]["score"], found["B"]["score"], found["C"]["score"]) == (60, 20, 90)
    assert found["B"]["coverage"] == pytest.approx(30 / 70)
    assert [(each["measure"], each["lost"]) for each in found["A"]["reasons"]] == [("c", 30), ("b", 5)]
    assert found["D"]["outcome"] == "insufficient_data"


GUARDS = """
missing = "skip"
min_coverage = 0.5
[scorecards.card.measures]
a = { value = "a", linear = [0, 100] }
[scorecards.card.guards]
cap = { when = "b > 0", cap = 40 }
flag = { when = "points.a > 75", kind = "opportunity" }
out = { when = "ok", set = 10 }
lift = { when = "t = 'lift'", floor = 45 }
number = { when = "t = 'c'", cap = "c" }
"""


@pytest.mark.parametrize(
    ("cells", "score", "before", "guards", "unjudged"),
    [
        ("80, 0, , x, false", 80, 80, ["flag"], []),
        ("80, 1, , x, false", 40, 80, ["cap", "flag"], []),
        ("80, 1, , x, true", 10, 80, ["cap", "flag", "out"], []),
        ("80, 1, , lift, true", 40, 80, ["cap", "flag", "out", "lift"], []),  # a floor lifts a set, a cap wins
        (", 1, , lift, true", 40, None, ["cap", "out", "lift"], ["flag"]),  # set makes it scored
        (", 1, , lift, false", None, None, [], ["flag"]),  # caps and floors act on scored only
        ("80, , , x, false", 80, 80, ["flag"], ["cap"]),
        ("80, 0, , c, false", 80, 80, ["flag"], ["number"]),
        ("80, 0, 30, c, false", 30, 80, ["flag", "number"], []),
    ],
)
def test_guards(cells, score, before, guards, unjudged):
    """Lowest set, then highest floor, then lowest cap; guards that lack data are told."""
    row = scored(GUARDS, f"A, s, {cells}")["A"]
    assert (row["score"], row["score_before_guards"]) == (score, before)
    assert (row["guards"], row["guards__unjudged"]) == (guards, unjudged)
    assert row["outcome"] == ("insufficient_data" if score is None else "scored")
    assert bool(row["reasons"]) == (before is not None)


@pytest.mark.parametrize(
    ("a", "before", "band"),
    [
        (70, None, "good"),
        (69.9999999999, None, "good"),
        (69.9, None, "fair"),
        (69.9, "good", "good"),
        (67, "good", "good"),
        (66.9, "good", "fair"),
        (72.9, "fair", "fair"),
        (73, "fair", "good"),
        (37, "fair", "fair"),
        (42.9, "bad", "bad"),
        (71, "gone", "good"),
    ],
)
def test_hold(a, before, band):
    """Edges above the band before are raised by `hold`, edges at or below it lowered."""
    card = "missing = 'skip'\nhold = 3\n[scorecards.card.measures]\na = { value = 'a', linear = [0, 100] }"
    bands = [("card", "A", before)] if before else []
    assert scored(card, f"A, s, {a}, , , ,", bands_before=bands)["A"]["band"] == band


def test_gate():
    """A closed gate holds the group's points down under its own name; without data it is open."""
    card = """missing = "skip"
    [scorecards.card.groups]
    kept = { weight = 60 }
    grown = { weight = 40, gate = { when = "points.kept >= 80", else = 10 } }
    [scorecards.card.measures]
    a = { group = "kept", value = "a", linear = [0, 100] }
    b = { group = "grown", value = "b", linear = [0, 100] }
    """
    found = scored(card, "A, s, 79, 90, , ,\nB, s, 80, 90, , ,\nC, s, , 90, , ,\nD, s, 79, 5, , ,")
    assert [found[key]["points"]["grown"] for key in "ABCD"] == [10, 90, 90, 5]
    assert found["A"]["score"] == pytest.approx(0.6 * 79 + 0.4 * 10)
    assert [each["measure"] for each in found["A"]["reasons"]] == ["grown", "a", "b"]
    assert sum(found["A"]["lost"].values()) == pytest.approx(100 - found["A"]["score"])


@pytest.mark.parametrize(("combine", "score", "first"), [("worst", 20, {"b": 80}), ("best", 80, {"a": 20})])
def test_worst_and_best(combine, score, first):
    """The first worst (best) measure carries all that was lost."""
    card = f"""missing = "skip"
    combine = "{combine}"
    [scorecards.card.measures]
    a = {{ value = "a", linear = [0, 100] }}
    b = {{ value = "b", linear = [0, 100] }}
    c = {{ value = "c", linear = [0, 100] }}
    """
    row = scored(card, "A, s, 80, 20, 20, ,")["A"]
    assert (row["score"], row["lost"]) == (score, first)


def test_families():
    """Each subject gets the first scorecard of the family that applies; two of one priority are an error."""
    rules = CARD_BASE + "eligible = 'a > 0'\n"
    rules = CARD_BASE.replace('key = "account_id"', 'key = "account_id"\neligible = "a > 0"')
    text = ""
    for name, when, priority in (("first", "b > 1", 1), ("second", "b > 0", 2), ("third", "b > 2", 1)):
        text += f"""
        [scorecards.{name}]
        subject = "account"
        family = "kin"
        priority = {priority}
        when = "{when}"
        missing = "skip"
        bands = {{ good = 70, bad = 0 }}
        hold = 3
        measures = {{ {name}_a = {{ value = "a", linear = [0, 100] }} }}
        """
    accounts = (
        "A, s, 50, 2, , ,\nB, s, 68, 1, , ,\nC, s, 50, 0, , ,\nD, s, 0, 1, , ,\nE, s, 50, 3, , ,\nF, s, 50, , , ,"
    )
    found = judged(ruleset(text, base=rules), {"accounts": accounts}, bands_before=[("kin", "B", "good")])["scores"]
    assert {key: row["outcome"] for key, row in found["first"].items()} == {
        "A": "scored",
        "B": "not_applicable",
        "C": "not_applicable",
        "D": "not_eligible",
        "E": "error",
        "F": "not_applicable",
    }
    assert (found["second"]["B"]["outcome"], found["second"]["B"]["band"]) == ("scored", "good")
    assert found["second"]["E"]["outcome"] == "not_applicable"
    assert found["third"]["E"]["outcome"] == "error"


STALE = """
[tables.surveys]
columns = { id = "text", account_id = "text", day = "date", answer = "number" }
key = ["id"]
belongs_to = { account = "account_id" }
time = "day"
[metrics.answer]
from = "surveys"
value = "latest(answer)"
[scorecards.card]
subject = "account"
missing = "middle"
bands = { good = 70, bad = 0 }
[scorecards.card.measures]
a = { value = "a", linear = [0, 100] }
s = { metric = "answer", linear = [0, 100], valid_for = "30 days", stale = "STALE", min_n = 2 }
"""
ANSWERS = "1, A, 2026-03-01, 40\n2, A, 2026-01-01, 90\n3, B, 2026-03-02, 40\n4, B, 2026-01-01, 0\n5, C, 2026-03-02, 40"


@pytest.mark.parametrize(("stale", "score", "coverage"), [("keep", 60, 1), ("skip", 80, 0.5), ("worst", 40, 0.5)])
def test_stale(stale, score, coverage):
    """A fact of as_of - valid_for is stale; one of the day after is not; fewer than `min_n` rows are no data."""
    accounts = "A, s, 80, , , ,\nB, s, 80, , , ,\nC, s, 80, , , ,"
    rules = ruleset(STALE.replace("STALE", stale), base=CARD_BASE)
    found = judged(rules, {"accounts": accounts, "surveys": ANSWERS})["scores"]["card"]
    assert (found["A"]["score"], found["A"]["coverage"]) == (score, coverage)
    assert (found["B"]["score"], found["B"]["coverage"]) == (60, 1)
    assert (found["C"]["score"], found["C"]["coverage"]) == (65, 0.5)
