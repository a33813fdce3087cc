"""Probabilities and phrases in, verdicts that show what they rest on out."""
