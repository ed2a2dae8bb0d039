"""The entries of `out/manifest.json`: what was made, from what, by which programs, and what was measured."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from finish.deliver.documents import (
    VERSION,
    VERSIONS,
    ApprovedStreams,
    Bounds,
    ManifestEntry,
    PublishedState,
    RecordedNote,
    RecordedPromise,
    RecordedSource,
    manifest_entry,
)
from finish.deliver.messages import ABOUT_THE_PLAN
from finish.media.ffmpeg import ffmpeg_program
from finish.model import CheckResult, Source, clip_account, media_of, programme_account
from finish.planning import plan_text
from finish.planning.render_plan import Rendering
from finish.storage import seal
from finish.storage.publish import entries_in, manifest_in
from finish.storage.untrusted_notes import held
from finish.units import Size, digest

MANIFEST: Final = "manifest.json"


def entry(
    rendering: Rendering,
    delivered: Source,
    results: Sequence[CheckResult],
    standing: PublishedState,
    approved: ApprovedStreams,
) -> ManifestEntry:
    """The entry of one deliverable: digests, every promise with its measured value, notes, and the plan."""
    programme = rendering.planned.programme
    source, is_timeline = programme.sources[0], rendering.planned.deliverable.edit is not None
    own: dict[str, Any] = {"sources": [*map(_source, media_of(programme))]} if is_timeline else {}
    if programme.marking is not None and programme.marking.claim is not None:
        own["unsigned"] = rendering.unsigned_key
    return ManifestEntry(
        file=rendering.filename,
        sha256=delivered.digest,
        bytes=delivered.size,
        preset=rendering.planned.deliverable.delivery.preset,
        source=_source(source),
        account={
            "source": programme_account(programme),
            "programme": _seconds(programme.duration),
            "delivered": clip_account(delivered),
        },
        made=file_name(rendering),
        picture=picture_name(rendering),
        promises=[_promise(result) for result in results],
        notes=[
            RecordedNote.model_validate(note.values)
            for note in programme.notes
            if note.code not in ABOUT_THE_PLAN
        ],
        sidecars=[f"{rendering.name}{sidecar.suffix}" for sidecar in programme.files],
        plan=plan_text.text([rendering]).splitlines(),
        standing=standing,
        approved=approved,
        **own,
    )


def _source(source: Source) -> RecordedSource:
    return RecordedSource(file=source.path.name, sha256=source.digest)


def entries_of_ours(out: Path) -> dict[str, ManifestEntry]:
    """The entries of the manifest in `out` that were written by this user, not brought with the job folder.

    Empty for a manifest of a later version, because the meaning of its entries is unknown.
    """
    return _typed(
        {name: values for name, values in _entries(out).items() if seal.believed(seal.own(), name, values)}
    )


def entries_of_anyone(out: Path) -> dict[str, ManifestEntry]:
    """The entries of the manifest in `out`, with or without a valid seal: they may be wrong."""
    return _typed(_entries(out))


def _entries(out: Path) -> dict[str, dict[str, Any]]:
    document = manifest_in(held(out / MANIFEST) or b"")
    return entries_in(document) if document.get("version", 1) in VERSIONS else {}


def _typed(entries: Mapping[str, dict[str, Any]]) -> dict[str, ManifestEntry]:
    typed = {name: manifest_entry(values) for name, values in entries.items()}
    return {name: recorded for name, recorded in typed.items() if recorded is not None}


def file_name(one: Rendering) -> str:
    """The digest of everything that a file is made from: equal digests mean equal files."""
    return digest(one.key, ffmpeg_program.version(), version("finish"))


def picture_name(one: Rendering) -> str:
    """The digest of everything that a file's picture is made from, without its sound."""
    return digest("picture", *(piece.picture.key for piece in one.pieces), ffmpeg_program.version())


def is_unchanged(one: Rendering, known: ManifestEntry, target: Path) -> bool:
    """Whether `target` and its sidecars are what a run would make now, by the manifest and their content."""
    return known.made == file_name(one) and target.is_file() and _has_sidecars(one, target)


def _has_sidecars(one: Rendering, target: Path) -> bool:
    """Whether the sidecars of a published file are those that were planned."""
    files = zip(paths_beside(one, target), one.planned.programme.files, strict=True)
    return all(_holds(path, sidecar.content) for path, sidecar in files)


def paths_beside(one: Rendering, target: Path) -> tuple[Path, ...]:
    """The paths of a published file's sidecars."""
    return tuple(target.with_name(f"{one.name}{sidecar.suffix}") for sidecar in one.planned.programme.files)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def about() -> dict[str, Any]:
    """What a manifest has besides its entries: its version, and the versions of the programs."""
    packages = ("finish", "numpy", "av", "pysubs2", "ffmpeg-python", "imageio-ffmpeg")
    return {
        "version": VERSION,
        "versions": {
            "ffmpeg": ffmpeg_program.version(),
            "python": platform.python_version(),
            **{name: version(name) for name in packages},
        },
    }


def _promise(result: CheckResult) -> RecordedPromise:
    promise, accepted = result.promise, result.promise.accept
    return RecordedPromise(
        name=promise.name,
        measured=_plain(result.measured),
        accepted=str(accepted),
        unit=promise.unit,
        source=promise.source,
        kept=result.kept,
        part=promise.part,
        bounds=Bounds(low=accepted.low, high=accepted.high, exactly=_plain(accepted.exactly)),
    )


def _seconds(length: Fraction) -> float:
    return round(float(length), 3)


def _plain(value: Any) -> Any:
    """A value as JSON has it; a fraction that is a whole number becomes one."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    return str(value) if isinstance(value, Size) else round(value, 4) if isinstance(value, float) else value
