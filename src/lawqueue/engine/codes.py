"""What plan, kernel and state agree on: the numbers of kinds, of registers and of purposes, and the bits of a record."""

from __future__ import annotations

from typing import Final

import numpy as np

BLOCK_BITS: Final = 5
BLOCK: Final = 1 << BLOCK_BITS
BATCH: Final = 1024
FEW: Final = 64
"""Bounds up to which comparing a draw with each is quicker than halving."""
STACK: Final = 16
ROUNDING: Final = 1e-9
"""Work that may be missing for a case to be done all the same: sums of fractions are not exact."""

SOURCE: Final = 0
STATION: Final = 1
HOLD: Final = 2
DELAY: Final = 3
ROUTER: Final = 4
SINK: Final = 5

DIVERT: Final = 0
WAIT: Final = 1
PREEMPT: Final = 2

FIXED: Final = 0
GEOMETRIC: Final = 1
QUANTILES: Final = 2

FOR_WAY: Final = np.int64(0)
FOR_STAY: Final = np.int64(1)
FOR_PATIENCE: Final = np.int64(2)
FOR_PROFILE: Final = np.int64(3)
"""What a draw is for. Of its four words each purpose takes its own. NumPy's integers, for numba compiles a function
anew for every plain one that it is called with."""

FREE: Final = 0
"""Register: first block of the free list, or -1."""
FRESH: Final = 1
"""Register: first block that was never used."""
EXHAUSTED: Final = 2
"""Register: set when the pool had no block left; the run is then worthless and is repeated with more."""

DAY: Final = 3
"""Register: the tick that is simulated."""
PERIOD: Final = 4
"""Register: its period."""

STAY: Final = 0
TAKE_A_PLACE: Final = 1
TAKE_FROM_ANOTHER: Final = 2
GO_ON: Final = 3
GO_ROUND: Final = 4
"""What a node says to a case that comes: go on along its main way, or along the way round a full queue or hold."""

LAP_BITS: Final = 20
LAP_MASK: Final = (1 << LAP_BITS) - 1
CASE_HIGH: Final = 12
"""Bits of a case id above the lower 32: the lap stands above them in a counter."""
SOURCE_SHIFT: Final = 38
DAY_SHIFT: Final = 18
STOCK_SOURCE: Final = 31
"""The number that stands for a source in the ids of cases that were there at the start."""
PROFILE_MASK: Final = (1 << 20) - 1
CLASS_SHIFT: Final = 20
CLASS_MASK: Final = (1 << 4) - 1
NODE_SHIFT: Final = 24
WAITS_AT: Final = (1 << 9) - 1
"""Mask, after `NODE_SHIFT`, of the node of a record and of the bit that tells whether it has a place there."""
PLACE_SHIFT: Final = 32
JOINED_SHIFT: Final = 33
