"""The command line: each command parses, calls a function of the rooms below, and prints."""

from rolenlp.cli.main import cli, main

__all__ = ["cli", "main"]
