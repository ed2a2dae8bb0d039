"""Readers of caption files measured on corpora of real files, against independent readers."""
