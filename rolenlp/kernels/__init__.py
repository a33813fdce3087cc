"""Inner loops that numba compiles; see `rolenlp.compiled`. Each does what a plainer way does."""
