"""Titles: animated graphics with words, drawn from templates in folders."""
