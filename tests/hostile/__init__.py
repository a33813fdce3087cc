"""What is thrown at rolenlp on purpose, and what must come of it."""
