"""Comparing by rule what two sentences say: their amounts, dates, names and denials."""
