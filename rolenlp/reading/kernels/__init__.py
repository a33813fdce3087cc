"""Inner loops that numba compiles; see `rolenlp.reading.compiled`. Each does what a plainer way
does."""
