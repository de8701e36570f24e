"""Narrow questions that a model answers with one letter; what is asked, of which words, and what an answer means."""
