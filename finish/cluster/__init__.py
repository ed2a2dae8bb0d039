"""Executors on other machines; the only room that knows Dask."""
