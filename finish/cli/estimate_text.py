"""Estimates as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from finish.engine.cost_model import Estimate, wall


def lines(estimates: Mapping[str, Estimate], workers: int) -> Iterator[str]:
    """A line for each job, one for all, and the basis of the estimate.

    With `workers`, the time on a cluster; without, on this machine.
    """
    width = max(map(len, estimates))
    where = f"on {_several(workers, 'worker')}" if workers else "on this machine"
    for name, estimate in estimates.items():
        yield f"{name:<{width}}  {_figures([estimate], workers)} {where}"
    if len(estimates) > 1:
        yield f"{'all':<{width}}  {_figures(list(estimates.values()), workers)} {where}"
    for basis in dict.fromkeys(estimate.basis for estimate in estimates.values()):
        yield f"based on {basis}"


def _figures(estimates: list[Estimate], workers: int) -> str:
    """Clips, deliverables, CPU time and wall time of jobs together."""
    clips = sum(estimate.clips for estimate in estimates)
    files = sum(estimate.deliverables for estimate in estimates)
    cpu = sum(estimate.cpu for estimate in estimates)
    much = f"{_several(clips, 'clip')}, {_several(files, 'deliverable')}"
    return f"{much}: {cpu:.0f} CPU-s, {_long(wall(estimates, workers))}"


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def _long(seconds: float) -> str:
    """A time as `45 s`, `12 min` or `3 h 20 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
