"""Models: caseload networks joined with rules and figures, and the series that they report."""
