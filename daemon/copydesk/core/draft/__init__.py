"""Drafting a section: the task, what each role is asked and answers, the checks, the ratchet and the rendering."""
