"""Research of claims: planning, retrieval, verification, and the investigation that runs them in order."""
