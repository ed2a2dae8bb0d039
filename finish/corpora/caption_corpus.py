"""Every caption file of a folder, read by us and by independent readers, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from finish.corpora.independent_readers import READERS, SUFFIXES, IndependentReader
from finish.corpora.screen_text import Difference, TimedText, differences
from finish.errors import FinishError, unforeseen
from finish.model import Document
from finish.stages.captions.cues import Cue
from finish.stages.captions.formats.caption_formats import read

LEAST: Final = 0.99  # of the files that an independent reader reads
_ROLLING: Final = "captions-rolling"
_LEFT_OUT: Final = frozenset({"captions-comments", "captions-ruby"})  # comments, and readings of ruby text


@dataclass(frozen=True)
class OurReading:
    """Our reading of a file: its texts, or why it's refused.

    `rolling` if repeated lines were merged; `partial` if a note reports text that isn't for the screen.
    """

    texts: tuple[TimedText, ...] = ()
    cues: int = 0
    refusal: str = ""
    rolling: bool = False
    partial: bool = False


@dataclass(frozen=True)
class JudgedFile:
    """A file as an independent reader (`judge`) and we read it.

    `disputed` if another independent reader agrees with us in everything: then what differs doesn't count.
    """

    path: Path
    form: str
    judge: str
    cues: int
    our_cues: int
    refusal: str = ""
    differences: tuple[Difference, ...] = ()
    disputed: bool = False

    def count(self, kind: str) -> int:
        """How many differences of a kind count."""
        return 0 if self.disputed else sum(difference.kind == kind for difference in self.differences)


def judged(folder: Path) -> Iterator[JudgedFile]:
    """Each caption file in a folder and its subfolders, once for each independent reader that reads it.

    Files that no independent reader reads aren't in it.
    """
    readers = [reader for reader in READERS if reader.installed]
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            yield from _judged(path, readers)


def missing_readers() -> tuple[str, ...]:
    """The independent readers that aren't installed."""
    return tuple(reader.name for reader in READERS if not reader.installed)


def our_reading(path: Path, data: bytes) -> OurReading:
    """The texts of a file as captions get them."""
    try:
        captions = read(Document(path, data))
    except FinishError as error:
        return OurReading(refusal=str(error).splitlines()[0].removeprefix(str(path)).lstrip(":, "))
    except Exception as error:  # a fault of ours is a file that isn't read
        return OurReading(refusal=str(unforeseen(error)).splitlines()[0])
    texts = tuple(text for cue in captions.cues for text in _cue_texts(cue))
    codes = {note.code for note in captions.notes}
    return OurReading(texts, len(captions.cues), "", _ROLLING in codes, bool(codes & _LEFT_OUT))


def _compared(texts: Sequence[TimedText], ours: OurReading) -> Iterator[Difference]:
    """What differs, where we read the file; text that a note reports isn't lost."""
    for difference in () if ours.refusal else differences(texts, ours.texts, ours.rolling):
        reported = ours.partial and difference.kind in ("lost", "words")
        yield replace(difference, kind="reported") if reported else difference


def _cue_texts(cue: Cue) -> Iterator[TimedText]:
    """A cue, in parts where its words come one after the other."""
    end = None if cue.open_end else cue.end
    parts: list[tuple[Fraction, str]] = []
    for run in cue.runs:
        if run.time is None and parts:
            parts[-1] = parts[-1][0], parts[-1][1] + run.text
        else:
            within = run.time is not None and cue.start < run.time < cue.end
            parts.append((run.time if within and run.time else cue.start, run.text))
    for start, text in parts:
        yield TimedText(start, end, text, earliest=cue.start)


def _judged(path: Path, readers: Sequence[IndependentReader]) -> Iterator[JudgedFile]:
    data, suffix = path.read_bytes(), path.suffix.lower()
    readings = {reader.name: reader.texts(data, suffix) for reader in readers if suffix in reader.suffixes}
    readings = {name: texts for name, texts in readings.items() if any(text.visible for text in texts)}
    if not readings:
        return
    ours = our_reading(path, data)
    judgements = {name: tuple(_compared(texts, ours)) for name, texts in readings.items()}
    agreed = not ours.refusal and not all(judgements.values())
    for name, texts in readings.items():
        counts = len(texts), ours.cues
        disputed = agreed and bool(judgements[name])
        yield JudgedFile(path, suffix[1:], name, *counts, ours.refusal, judgements[name], disputed)
