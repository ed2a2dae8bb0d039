"""What was made, of what, by what, and what was measured of it: the entries of `out/manifest.json`."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

from finish.media.ffmpeg import ffmpeg_program
from finish.model import CheckResult, Source, accounted
from finish.planning import render_plan
from finish.planning.render_plan import Rendering
from finish.storage import seal
from finish.storage.publish import published
from finish.units import Size, digest


def entry(one: Rendering, delivered: Source, verdicts: Sequence[CheckResult]) -> dict[str, Any]:
    """One deliverable: the digests of source and file, every promise with what was measured, notes, programs and the plan as text."""
    source = one.planned.programme.source
    return {
        "file": one.filename,
        "sha256": delivered.digest,
        "bytes": delivered.size,
        "preset": one.planned.deliverable.delivery.preset,
        "source": {"file": source.path.name, "sha256": source.digest},
        "account": {
            "source": accounted(source),
            "programme": _seconds(one.planned.programme.duration),
            "delivered": accounted(delivered),
        },
        "made": file_name(one),
        "picture": picture_name(one),
        "promises": [_promise(each) for each in verdicts],
        "notes": [note.values for note in one.planned.programme.notes],
        "sidecars": [f"{one.name}{each.suffix}" for each in one.planned.programme.files],
        "plan": render_plan.text([one]).splitlines(),
    }


def entries_of_ours(out: Path) -> dict[str, dict[str, Any]]:
    """The entries of the manifest in `out` that were written by us: a job folder may have brought one along."""
    return {name: each for name, each in published(out).items() if seal.believed(seal.own(), name, each)}


def file_name(one: Rendering) -> str:
    """The name of all that a file comes from: equal names, equal files."""
    return digest(one.key, ffmpeg_program.version(), version("finish"))


def picture_name(one: Rendering) -> str:
    """The name of all that a file's picture comes from, whatever its sound."""
    return digest("picture", *(each.picture.key for each in one.pieces), ffmpeg_program.version())


def is_unchanged(one: Rendering, known: Mapping[str, Any], target: Path) -> bool:
    """Whether `target` and the files beside it, by what the manifest says and the sidecars hold, are what a run would make now."""
    return known.get("made") == file_name(one) and target.is_file() and _has_sidecars(one, target)


def _has_sidecars(one: Rendering, target: Path) -> bool:
    """Whether the files beside a published one are those that were planned."""
    files = zip(paths_beside(one, target), one.planned.programme.files, strict=True)
    return all(_holds(path, sidecar.content) for path, sidecar in files)


def paths_beside(one: Rendering, target: Path) -> tuple[Path, ...]:
    """Where the files lie that belong to a published one."""
    return tuple(target.with_name(f"{one.name}{each.suffix}") for each in one.planned.programme.files)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def about() -> dict[str, Any]:
    """The programs that made it."""
    packages = ("finish", "numpy", "av", "pysubs2", "ffmpeg-python", "imageio-ffmpeg")
    return {
        "versions": {
            "ffmpeg": ffmpeg_program.version(),
            "python": platform.python_version(),
            **{name: version(name) for name in packages},
        }
    }


def _promise(verdict: CheckResult) -> dict[str, Any]:
    promise = verdict.promise
    return {
        "name": promise.name,
        "measured": _plain(verdict.measured),
        "accepted": str(promise.accept),
        "unit": promise.unit,
        "source": promise.source,
        "kept": verdict.kept,
        "part": promise.part,
        "bounds": {
            "low": promise.accept.low,
            "high": promise.accept.high,
            "exactly": _plain(promise.accept.exactly),
        },
    }


def _seconds(length: Fraction) -> float:
    return round(float(length), 3)


def _plain(value: Any) -> Any:
    """A value in JSON, equal ones alike: a whole fraction is a whole number."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    return str(value) if isinstance(value, Size) else round(value, 4) if isinstance(value, float) else value
