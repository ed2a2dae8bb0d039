"""Runs jobs: plans, renders and delivers. The same tasks give the same bytes on every machine."""
