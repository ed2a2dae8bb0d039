"""What was made, of what, by what, and what was measured of it: the entries of `out/manifest.json`."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from fractions import Fraction
from importlib.metadata import version
from typing import Any

from finish import render
from finish.effects import ffmpeg
from finish.engine.local import Outcome
from finish.model import Verdict
from finish.render import Rendering
from finish.units import Size


def entry(one: Rendering, outcome: Outcome) -> dict[str, Any]:
    """One deliverable: the digests of source and file, every promise with what was measured, notes and the plan as text."""
    source = one.planned.programme.source
    return {
        "file": one.filename,
        "sha256": outcome.digest,
        "bytes": outcome.source.size if outcome.source else None,
        "preset": one.planned.deliverable.delivery.preset,
        "source": {"file": source.path.name, "sha256": source.digest},
        "promises": [_promise(each) for each in outcome.verdicts],
        "notes": list(outcome.notes),
        "sidecars": [f"{one.name}{each.suffix}" for each in one.planned.programme.files],
        "plan": render.text([one]).splitlines(),
    }


def about() -> dict[str, Any]:
    """The programs that made it."""
    packages = ("finish", "numpy", "av", "pysubs2", "ffmpeg-python", "imageio-ffmpeg")
    return {"versions": {"ffmpeg": ffmpeg.version(), "python": platform.python_version(), **{name: version(name) for name in packages}}}


def entries(renderings: Sequence[Rendering], outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """The entries of everything that was published."""
    by_name = {one.name: one for one in renderings}
    return {each.name: entry(by_name[each.name], each) for each in outcomes if each.path}


def _promise(verdict: Verdict) -> dict[str, Any]:
    promise = verdict.promise
    return {
        "name": promise.name, "measured": _plain(verdict.measured), "accepted": str(promise.accept), "unit": promise.unit,
        "source": promise.source, "kept": verdict.kept,
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Size | Fraction) else round(value, 4) if isinstance(value, float) else value
