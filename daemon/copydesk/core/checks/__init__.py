"""Instant checks: rules that need no model, one file for each code."""
