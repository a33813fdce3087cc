"""Texts in, texts out: markup, lost line breaks, languages, personal data."""
