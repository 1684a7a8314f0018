"""A caseload-network simulator: spec → compile → run → results. It knows no law."""
