"""The report on an evaluation: a page, its tables, headlines and plots."""
