"""runway.cfngin's names for the same, where runway itself is not installed."""
