"""Numbers as a reader wants them: three significant figures, separators, real minus signs."""

from __future__ import annotations

import math
import re

from lawqueue.units import is_count

EMPTY = "—"
SPACE = "\N{NO-BREAK SPACE}"
"""Between a number and its sign, so that a line does not end between them."""
_LEAST_SHARE = 0.0005
"""Smallest share that does not round to 0.0 %."""


def number(value: float | None) -> str:
    """
    Return a number in at most three significant figures, whole from 100 on.

    Examples
    --------
    >>> number(1234567.0), number(0.04567), number(-12.34), number(float("nan"))
    ('1,230,000', '0.0457', '−12.3', '—')
    """
    if value is None or not math.isfinite(value):
        return EMPTY
    if value == 0:
        return "0"
    rounded = float(f"{value:.3g}")  # 9.996 becomes 10.0 and then needs a decimal less
    digits = 2 - math.floor(math.log10(abs(rounded)))
    text = f"{rounded:,.0f}" if abs(rounded) >= 100 else f"{rounded:,.{max(0, digits)}f}"
    return text.replace("-", "−")


def time_left(done: int, total: int, seconds: float) -> str:
    """
    Return about how long the rest takes, if some of it took so many seconds.

    Examples
    --------
    >>> time_left(10, 30, 20.0), time_left(1, 30, 20.0), time_left(1, 300, 20.0)
    ('40 s', '10 min', '1 h 40 min')
    """
    rest = math.ceil((total - done) * seconds / max(done, 1))
    if rest < 60:
        return f"{rest} s"
    minutes = math.ceil(rest / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def exact(value: float | None, unit: str) -> str:
    """
    Return a published figure as it was published, to the unit: rounding it would alter data.

    Examples
    --------
    >>> exact(1981.0, "case/month"), exact(None, "case")
    ('1,981', '—')
    """
    if value is None or not math.isfinite(value):
        return EMPTY
    if unit in {"/1", "USD"} or abs(value) < 100:
        return quantity(value, unit)
    return f"{value:,.0f}".replace("-", "−")


def money(value: float | None) -> str:
    r"""
    Return dollars in millions or billions.

    Examples
    --------
    >>> money(1234567890.0), money(-2500000.0)
    ('$1.23\xa0bn', '−$2.50\xa0m')
    """
    if value is None or not math.isfinite(value):
        return EMPTY
    value = float(f"{value:.3g}")  # so that 999.9 m is 1.00 bn
    for size, name in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            sign = "−" if value < 0 else ""
            return f"{sign}${number(abs(value) / size)}{SPACE}{name}"
    return f"${number(value)}".replace("$−", "−$")


def share(value: float | None) -> str:
    r"""
    Return a share in per cent; one that is there is never written as none.

    Examples
    --------
    >>> share(0.1234), share(-0.05), share(14.354), share(0.0003), share(0.0)
    ('12.3\xa0%', '−5.0\xa0%', '1,435.4\xa0%', 'under 0.1\xa0%', '0.0\xa0%')
    """
    if value is None or not math.isfinite(value):
        return EMPTY
    if 1e-9 < value < 5e-4:
        return f"under 0.1{SPACE}%"
    return f"{100 * value:,.1f}{SPACE}%".replace(f"-0.0{SPACE}", f"0.0{SPACE}").replace("-", "−")


def quantity(value: float | None, unit: str) -> str:
    """
    Return a number as its unit asks for: dollars, per cent, whole cases, or plain.

    Examples
    --------
    >>> quantity(12.3, "case/month"), quantity(12.3, "day")
    ('12', '12.3')
    """
    if unit == "USD":
        return money(value)
    if unit == "/1":
        return share(value)
    if value is not None and math.isfinite(value) and is_count(unit):
        return number(round(value)) if abs(value) >= 100 else f"{round(value)}".replace("-", "−")
    return number(value)


def is_nothing(value: float, unit: str) -> bool:
    """
    Tell whether a difference is written as zero.

    Examples
    --------
    >>> is_nothing(0.2, "case"), is_nothing(0.2, "day"), is_nothing(0.0004, "/1")
    (True, False, True)
    """
    return abs(value) < _LEAST_SHARE if unit == "/1" else not re.search("[1-9]", quantity(value, unit))


def signed(value: float | None, unit: str) -> str:
    """
    Return a difference with its sign.

    Examples
    --------
    >>> signed(12.0, "case"), signed(0.05, "/1"), signed(0.2, "case")
    ('+12', '+5.0 points', '0')
    """
    if value is None or not math.isfinite(value):
        return EMPTY
    text = (
        f"{100 * value:.1f} points".replace("-0.0 ", "0.0 ").replace("-", "−")
        if unit == "/1"
        else quantity(value, unit)
    )
    return text if value <= 0 or is_nothing(value, unit) else f"+{text}"


def between(low: float | None, high: float | None, unit: str, *, sign: bool = False) -> str:
    """
    Return an interval, with signs if it is one of differences.

    Examples
    --------
    >>> between(1.5, 12.0, "day"), between(-1.5, 12.0, "day", sign=True), between(float("nan"), 1.0, "day")
    ('1.50 to 12.0', '−1.50 to +12.0', '—')
    """
    low_text, high_text = ((signed if sign else quantity)(each, unit) for each in (low, high))
    return EMPTY if EMPTY in {low_text, high_text} else f"{low_text} to {high_text}"


def relative(value: float | None) -> str:
    r"""
    Return a relative difference in per cent, with its sign; a small one is not shown as none.

    Examples
    --------
    >>> relative(0.1234), relative(-0.05), relative(-0.0001), relative(0.0)
    ('+12.3\xa0%', '−5.0\xa0%', '<\xa00.1\xa0%', '0\xa0%')
    """
    if value is None or not math.isfinite(value):
        return EMPTY
    if abs(value) < _LEAST_SHARE:
        return f"<{SPACE}0.1{SPACE}%" if value else f"0{SPACE}%"
    return f"{'+' if value > 0 else ''}{share(value)}"
