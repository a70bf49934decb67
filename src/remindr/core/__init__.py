"""Decisions: pure functions of values and a date."""
