"""Made-up names of firms and people, from four regions, in several scripts."""

from __future__ import annotations

from collections.abc import Mapping

from trigpoint_demo.dice import Dice

REGIONS = ("EMEA", "EMEA", "AMER", "AMER", "AMER", "APAC", "LATAM")
INDUSTRIES = ("Logistics", "Health", "Retail", "Finance", "Manufacturing", "Education", "Energy", "Media", "Travel")

# Accounts with a name that a careless page or spreadsheet would trip over.
AWKWARD: Mapping[int, str] = {3: "</script><img src=x onerror=alert(1)>", 5: "@home Living", 8: 'Quo"te, Comma & Söhne'}

_FIRST: Mapping[str, tuple[str, ...]] = {
    "EMEA": (
        "Grünwald",
        "Björkman",
        "Łódzka",
        "Falkirk",
        "Montrésor",
        "Kestrel",
        "Vlissingen",
        "Åkerlund",
        "Brno",
        "Castellón",
    ),
    "AMER": (
        "Juniper",
        "Redwater",
        "Copperline",
        "Saltbox",
        "Fairweather",
        "Bluestem",
        "Ironwood",
        "Larkspur",
        "Québécor",
        "Tamarack",
    ),
    "APAC": ("北辰", "Kauri", "Wattle", "Hoshizora", "Lantau", "Sarang", "Nusantara", "Mānuka", "青山", "Banyan"),
    "LATAM": ("São Bento", "Ipê", "Cóndor", "Araucanía", "Ñandú", "Quetzal", "Pampa", "Yerbal", "Maracujá", "Ceibo"),
}
_SECOND = (
    "Freight",
    "Clinics",
    "Outfitters",
    "Capital",
    "Works",
    "Academy",
    "Power",
    "Studios",
    "Voyages",
    "Foods",
    "Robotics",
    "Textiles",
    "Analytics",
    "Marine",
    "Gardens",
)
_FORM: Mapping[str, tuple[str, ...]] = {
    "EMEA": ("GmbH", "AB", "Ltd", "SA", "B.V.", "s.r.o."),
    "AMER": ("Inc.", "LLC", "Corp."),
    "APAC": ("K.K.", "Pty Ltd", "Pte. Ltd."),
    "LATAM": ("S.A.", "Ltda.", "S.A.S."),
}
_GIVEN = (
    "Amara",
    "Björn",
    "Chloé",
    "Dmitri",
    "Élise",
    "Farid",
    "Grace",
    "Hiroshi",
    "Inés",
    "Jürgen",
    "Kaja",
    "Luca",
    "Mei",
    "Noor",
    "Óscar",
    "Priya",
    "Quinn",
    "Rafał",
    "Søren",
    "Thandiwe",
    "Uma",
    "Víctor",
    "Wen",
    "Yusuf",
    "Zoë",
)
_FAMILY = (
    "Abbott",
    "Bērziņš",
    "Castro",
    "Dubois",
    "Eze",
    "Fischer",
    "García",
    "Haddad",
    "Ito",
    "Jensen",
    "Kowalska",
    "Lindqvist",
    "Müller",
    "Nguyễn",
    "Okafor",
    "Petrović",
    "Rossi",
    "Şahin",
    "Tanaka",
    "Ulloa",
    "Vance",
    "Weiß",
    "Yıldız",
    "Zhang",
)


def firm(number: int, region: str, dice: Dice) -> str:
    """The name of account `number`."""
    name = f"{dice.pick(_FIRST[region])} {dice.pick(_SECOND)} {dice.pick(_FORM[region])}"
    return AWKWARD.get(number, name)


def person(dice: Dice) -> str:
    """The name of somebody."""
    return f"{dice.pick(_GIVEN)} {dice.pick(_FAMILY)}"
