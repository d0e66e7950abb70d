"""What becomes of an account: the causes that usage, tickets, meetings and renewals follow from."""

from __future__ import annotations

from attrs import frozen


@frozen
class Fate:
    """How an account changes as trouble grows from 0 to 1 on the way to the renewal that decides it.

    `share` of all accounts; `loss` is the chance to lose that renewal. The drops are shares of what was there before.
    """

    name: str
    share: float
    loss: float = 0.03
    base: tuple[float, float] = (0.55, 0.80)  # share of the seats in use without trouble
    growth: float = 0.0  # of the share in use, over the first year
    usage_drop: float = 0.0
    feature_drop: float = 0.0
    ticket_rise: float = 0.0  # 3.0 = four times as many
    urgent: float = 0.0  # added share of P1 among the tickets
    slow: float = 0.0  # answers and solutions take (1 + slow) times as long
    silence: float = 0.0  # share of the meetings and answers that fail to happen
    mood_drop: float = 0.0
    champion_leaves: bool = False
    hidden: bool = False  # the CSM does not notice
    uplift: tuple[float, float] = (0.0, 0.05)  # what the quote asks on top
    expands: bool = False

    @property
    def troubled(self) -> bool:
        """Whether it moves towards a decision at all."""
        return self.loss > 0.5


STEADY = Fate("steady", 0.31)
FATES = (
    STEADY,
    Fate("thriving", 0.20, loss=0.01, base=(0.75, 0.92), growth=0.05),
    Fate("expanding", 0.11, loss=0.01, base=(0.90, 0.99), growth=0.06, expands=True),
    Fate("adoption_decays", 0.11, loss=0.75, usage_drop=0.85, feature_drop=0.6, silence=0.4, mood_drop=0.35),
    Fate(
        "champion_leaves",
        0.08,
        loss=0.70,
        usage_drop=0.50,
        feature_drop=0.3,
        silence=0.95,
        mood_drop=0.3,
        champion_leaves=True,
    ),
    Fate(
        "support_trouble",
        0.08,
        loss=0.70,
        usage_drop=0.25,
        feature_drop=0.2,
        ticket_rise=7.0,
        urgent=0.40,
        slow=6.0,
        silence=0.2,
        mood_drop=0.65,
    ),
    Fate(
        "price_shock",
        0.055,
        loss=0.65,
        usage_drop=0.20,
        ticket_rise=0.6,
        silence=0.35,
        mood_drop=0.45,
        uplift=(0.18, 0.35),
    ),
    Fate(
        "quiet_loss",
        0.055,
        loss=0.75,
        usage_drop=0.40,
        feature_drop=0.4,
        ticket_rise=-0.9,
        silence=0.9,
        mood_drop=0.2,
        hidden=True,
    ),
)


def drawn(share: float) -> Fate:
    """The fate at `share` (0 to 1) of the line on which the fates lie end to end."""
    for fate in FATES:
        if share < fate.share:
            return fate
        share -= fate.share
    return STEADY
