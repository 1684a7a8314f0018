"""Parameters that are shares of one whole, and so cannot sum to more than 1."""

from __future__ import annotations

WHOLES = (
    ("cooperation.share.none", "cooperation.share.limited"),
    ("cooperation.mandate.cooperate", "cooperation.mandate.refuse"),
    *(
        (f"cooperation.{kind}.detainer_all", f"cooperation.{kind}.detainer_convictions")
        for kind in ("none", "limited", "full")
    ),
    ("court.first.absent_share", "court.first.ended_share"),
    ("court.priority.order", "court.priority.relief"),
    ("court.outcome.present_order", "court.outcome.relief", "court.outcome.closed"),
    ("prosecution.share.b1", "prosecution.share.b2"),
    ("interior.final_order_share.before_2014", "interior.final_order_share.from_2014"),
    ("interior.nationality_share.mexico", "interior.nationality_share.northern_central_america"),
    ("interior.gang_share", "interior.national_security_share"),
    ("border.apprehension_probability.evading", "border.turn_back_probability"),
    ("border.apprehension_probability.line_empty", "border.turn_back_probability"),
)
"""Names of the parameters that share a whole, one tuple for each whole."""
