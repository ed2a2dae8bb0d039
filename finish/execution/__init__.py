"""Renders encoded streams and measures streams on this machine, or has an executor do it."""
