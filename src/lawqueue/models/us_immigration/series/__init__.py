"""What the model reports, one table a topic: in each row a series, and what reads it out of a run."""

from __future__ import annotations

from lawqueue.models.series import Catalogue
from lawqueue.models.us_immigration.series import (
    border,
    courts,
    custody,
    interior,
    money,
    prosecution,
    removal,
    whom_custody_falls_on,
)

CATALOGUE = Catalogue(
    (
        *border.SERIES,
        *interior.SERIES,
        *custody.SERIES,
        *removal.SERIES,
        *courts.SERIES,
        *prosecution.SERIES,
        *whom_custody_falls_on.SERIES,
        *money.SERIES,
    ),
    (money.TOTAL,),
)
