"""Cues as cards: which frames each card takes, and where it stays clear of faces, text and graphics."""
