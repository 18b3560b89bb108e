"""Browsing a release: goods, programs, measures, acts, goods lists, origins, and what yields to what."""
