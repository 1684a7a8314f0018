"""The caseload network of the flagship: its stages joined."""

from __future__ import annotations

import numpy as np

from lawqueue.engine.spec import Network
from lawqueue.models.us_immigration import (
    border,
    courts,
    custody,
    interior,
    prosecution,
    removal,
    stocks,
    supervision,
)
from lawqueue.models.us_immigration.world import World

WAITS = (
    0,
    1,
    2,
    4,
    7,
    14,
    30,
    60,
    90,
    180,
    270,
    365,
    548,
    730,
    913,
    1095,
    1461,
    1826,
    2191,
    2556,
    2922,
    3652,
)
"""Least wait of each bin [day]: a day to a month, then the years."""


def network(inputs: World) -> Network:
    """
    Return the caseload network of a scenario.

    Nodes stand upstream first, so that stations are served downstream first.
    """
    at_border, agents = border.nodes(inputs, border.arrivals(inputs))
    inside, officers = interior.nodes(inputs)
    charged, attorneys = prosecution.nodes(inputs)
    pending, judges = courts.nodes(inputs)
    held = (*custody.nodes(inputs), *supervision.nodes(inputs), *pending, *removal.nodes(inputs))
    starts = np.flatnonzero(np.diff(inputs.month_of, prepend=-1))
    divided = inputs.groups
    return Network(
        n_profiles=inputs.profiles.n,
        horizon=inputs.days,
        nodes=(*at_border, *inside, *charged, *held),
        pools=(*agents, officers, attorneys, judges),
        stocks=stocks.stocks(inputs),
        periods=tuple(int(each) for each in starts),
        groups=divided.of_profile,
        group_names=divided.names,
        bins=WAITS,
    )
