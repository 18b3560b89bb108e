"""Strata: dated import duties, answered by laying measures over each other."""
