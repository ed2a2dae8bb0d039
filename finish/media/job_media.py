"""The clips and numbered pictures that a job names. Reading them needs PyAV and NumPy: import this when one
is read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from finish.errors import FinishError
from finish.media.job_folder import JobFolder
from finish.media.pictures import image_sequences
from finish.media.probe import probe
from finish.model import Part, Source, phrase
from finish.storage import download_cache
from finish.storage.file_patterns import tame


def footage(path: Path, name: str, part: Part) -> Source:
    """The facts of a clip; ValueError if it is damaged or has no such part."""
    try:
        source = probe(path, tame(name))
    except FinishError as error:
        raise ValueError(f"{error.message} — {error.hint}") from error
    if not source.whole:
        missing = phrase([loss for loss in source.losses if loss.certain], source.start)
        raise ValueError(f'"{tame(name)}" is damaged: {missing} — copy or export it again')
    if not (source.video if part == "picture" else source.audio):
        kind = "a clip or a still" if part == "picture" else "a file"
        raise ValueError(f'"{tame(name)}" has no {part} — name {kind} with {part}')
    return source


def sequence_note(folder: JobFolder, pattern: str, base: Path, rate: Fraction, first: int | None) -> Path:
    """The note that represents the numbered pictures of `pattern`, as `JobFiles.pictures` returns it."""
    parent, _, name = pattern.rpartition("/")
    place = folder.folder(parent or ("/" if pattern.startswith("/") else "."), base)
    pictures = image_sequences.sequence_files(place, name, first, lambda entry: folder.path(entry, place))
    note = download_cache.place(folder.root, f"{place}/{rate}/{first}/{name}")
    folder.path(str(note), folder.root)  # no link may lead out of the job
    return image_sequences.write_note(note, tame(pattern), pictures, rate)
