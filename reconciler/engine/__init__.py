"""The engine: pure functions from desired and observed to changes, plans and drift. No I/O, no clock, no provider by name."""
