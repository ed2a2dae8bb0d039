"""Runs what a plan names. Same tasks, same bytes, wherever they run."""
