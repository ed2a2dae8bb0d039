"""Checking and fixing a caption file, for `captions check` and `captions fix`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from finish import api, units
from finish.errors import CaptionError, PathError, SpecError
from finish.model import Document
from finish.stages.captions.cues import ended, stretch_factor, stretched
from finish.stages.captions.formats.caption_formats import CaptionFile, read
from finish.stages.captions.formats.sidecar import FORMS, SidecarOptions, lost_notes, sidecar
from finish.stages.captions.source_place import SourcePlace
from finish.stages.captions.timing.cue_repair import repaired
from finish.stages.captions.timing.shot_snapping import ShotTimes
from finish.stages.captions.timing.timing_rules import broken_rules
from finish.storage.publish import write_whole


@dataclass(frozen=True)
class Picture:
    """The picture that captions are checked against: a frame `rate`, or a `clip` with its rate and cuts."""

    rate: str
    clip: Path | None = None

    @property
    def shots(self) -> ShotTimes:
        """The frame rate and the cuts; SpecError for a wrong rate."""
        if self.clip is not None:
            return ShotTimes(*api.cuts(self.clip))
        try:
            return ShotTimes(units.rate(self.rate))
        except ValueError as error:
            raise SpecError(f"--rate {self.rate!r}: {error}", "write 25, 29.97 or 30000/1001") from error


def check_file(file: Path, encoding: str, lang: str, picture: Picture) -> list[str]:
    """Every rule that the captions of a file break, in words."""
    return list(map(str, broken_rules(_captions(file, encoding, lang).cues, lang, picture.shots)))


@dataclass(frozen=True)
class FixedFile:
    """A fixed caption file: its path, notes and changes in words, number of changes, rules still broken."""

    path: Path
    notes: tuple[str, ...]
    changes: int
    broken: tuple[str, ...]


def fix_file(  # noqa: PLR0913, PLR0917 (one value for each option)
    file: Path, output: Path | None, encoding: str, lang: str, picture: Picture, stretch: str
) -> FixedFile:
    """Write a new file with the same captions, fixed to keep the rules where there is time for it."""
    target = _target(file, output)
    shots, captions, factor = picture.shots, _captions(file, encoding, lang), _factor(stretch)
    timed = stretched(captions.cues, factor)
    cues, changes = repaired(timed if shots.length is None else ended(timed, shots.length), lang, shots)
    form = FORMS[target.suffix.lower()]
    options = SidecarOptions(lang, shots.rate, place=SourcePlace(str(file)))
    write_whole(target, sidecar(cues, form, options).content)
    stretching = (f"every time is multiplied by {factor}",) if stretch else ()
    notes = (*captions.notes, *lost_notes(cues, (form,), options), *stretching, *changes)
    return FixedFile(
        target, tuple(map(str, notes)), len(changes), tuple(map(str, broken_rules(cues, lang, shots)))
    )


def summary(fixed: FixedFile) -> Iterator[str]:
    """The lines that report a fixed file."""
    yield from fixed.notes
    yield from (f"still broken: {rule}" for rule in fixed.broken)
    yield f"{fixed.path}: {count(fixed.changes, 'change')}, {count(len(fixed.broken), 'rule')} still broken"


def count(number: int, noun: str) -> str:
    """A number and its noun: `1 rule`, `2 rules`."""
    return f"{number} {noun}{'s' * (number != 1)}"


def _target(file: Path, output: Path | None) -> Path:
    suffix = file.suffix.lower() if file.suffix.lower() in FORMS else ".srt"
    target = output or file.with_suffix(f".fixed{suffix}")
    if target.suffix.lower() not in FORMS:
        raise PathError(f"{target} isn't a caption file", f"end its name in {' or '.join(FORMS)}")
    if target.exists():
        raise PathError(f"{target} exists", "name another file with -o, or move it away")
    return target


def _captions(file: Path, encoding: str, lang: str) -> CaptionFile:
    try:
        captions = read(Document(file, file.read_bytes()), encoding, lang)
    except OSError as error:
        raise PathError(f"{file}: {error.strerror}", "name a caption file") from error
    if captions.script is not None:
        raise CaptionError(
            f"{file.name} has styles and times of its own", "save it as .srt or .vtt to check it"
        )
    if captions.untimed:
        raise CaptionError(f"{file.name} has no times", "run a job with it first, which times it by the clip")
    return captions


def _factor(stretch: str) -> Fraction:
    try:
        return stretch_factor(stretch)
    except ValueError as error:
        raise SpecError(f"--stretch: {error}", "write 25:23.976") from error
