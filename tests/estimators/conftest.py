"""The fixtures of the estimators' own tests."""

from tests.model.conftest import base, one_tokenizer, read

__all__ = ["base", "one_tokenizer", "read"]
