"""What happened, and whether it is good enough: records, metrics, readiness, the result folder."""
