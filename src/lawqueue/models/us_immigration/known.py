"""What is known until when."""

from __future__ import annotations

from datetime import date
from typing import Final

LAST_OUTCOME: Final = date(2023, 9, 30)
"""The last day of outcomes: later ones are kept out of the project, for the test of the model. Inputs go on."""
LAST_DAY: Final = date(2025, 9, 30)
"""Last day for which the total of arrivals between ports that the model is fed is published."""
FIT: Final = (date(2016, 10, 1), date(2020, 10, 1))
"""Fiscal years 2017 to 2020, the only ones to whose outcomes anything is fitted."""
