"""How quotes are compared with sources: folding, edges, finding, faults. `core/quotes.py` is what others use."""
