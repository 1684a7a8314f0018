"""Questions put to a model: scenarios, runs, comparisons, and the record of what made a number."""
