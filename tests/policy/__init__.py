"""Checks: what a plan must not do without consent."""
