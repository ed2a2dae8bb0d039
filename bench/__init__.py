"""Comparisons with what people use instead: `make bench` writes RESULTS.md."""
