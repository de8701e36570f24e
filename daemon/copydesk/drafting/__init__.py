"""Drafting of sections: asking the roles, looking up, writing, refining, and the session that runs them in order."""
