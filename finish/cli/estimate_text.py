"""What an estimate looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from finish.engine.cost_model import Estimate, wall


def lines(estimates: Mapping[str, Estimate], workers: int) -> Iterator[str]:
    """A line for each job, one for all, and what the figures rest on; with `workers` of a cluster, else here."""
    width = max(map(len, estimates))
    where = f"on {_several(workers, 'worker')}" if workers else "here"
    for name, each in estimates.items():
        yield f"{name:<{width}}  {_told([each], workers)} {where}"
    if len(estimates) > 1:
        yield f"{'all':<{width}}  {_told(list(estimates.values()), workers)} {where}"
    for basis in dict.fromkeys(each.basis for each in estimates.values()):
        yield f"measured of {basis}"


def _told(estimates: list[Estimate], workers: int) -> str:
    clips, files, cpu = (
        sum(getattr(each, what) for each in estimates) for what in ("clips", "deliverables", "cpu")
    )
    much = f"{_several(clips, 'clip')}, {_several(files, 'deliverable')}"
    return f"{much}: {cpu:.0f} CPU-s, {_long(wall(estimates, workers))}"


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def _long(seconds: float) -> str:
    """`45 s`, `12 min`, `3 h 20 min`: no more than an estimate knows."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
