"""TTML, IMSC and SCC → cues, read by ttconv.

What such a file doesn't state exactly is an error, never a guess.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from finish.errors import FinishError
from finish.model import Note
from finish.stages.captions.cues import LONGEST_CUE, Cue, CuePosition, StyledRun
from finish.stages.captions.formats import messages
from finish.stages.captions.formats.markup import TURNING, check, tidy
from finish.stages.captions.formats.timed_text_styles import (
    cue_region,
    styling,
    visible_times,
    without_other_styles,
)
from finish.stages.captions.formats.timed_text_times import ActiveTime, min_end, numbered_times
from finish.stages.captions.source_place import SourcePlace, caption_error

XML: Final = (".ttml", ".xml", ".dfxp", ".imsc", ".itt")
_DEPTH: Final = 40  # nested elements; IMSC has eight kinds of elements in all
# House value: words that appear within two seconds of each other are spoken one after the other, and can be
# read ahead. What appears later, such as an answer, would show before it is said.
_PAINTED: Final = Fraction(2)  # s
_BLANKS: Final = re.compile(r"\s+")
_BLANKS_FOR_TAB: Final = re.compile(r"^(\d\d:\d\d:\d\d[:;]\d\d) +", re.MULTILINE)
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")  # the text is decoded already
_CHECK_FILE: Final = "check that it's the right file, and complete"


@dataclass(frozen=True)
class _TimedRun:
    """A run and when it shows."""

    time: ActiveTime
    run: StyledRun


@dataclass(frozen=True)
class _TimedDocument:
    """A document as ttconv reads it, and when its elements show, by the names that they have as languages."""

    model: Any
    times: Mapping[str, ActiveTime]

    def time(self, element: Any) -> ActiveTime:
        """When an element shows: by the nearest element whose times are known."""
        while element is not None:
            known = self.times.get(element.get_lang())
            if known is not None:
                return known
            element = element.parent()
        return ActiveTime(Fraction(0), None)

    def start(self, element: Any) -> Fraction:
        """When an element starts (s)."""
        return self.time(element).start if element.parent() is not None else Fraction(0)


def read_timed_text(text: str, path: Path) -> tuple[list[Cue], list[Note]]:
    """The cues of a file with this text, in its order, and notes.

    FinishError for what isn't understood exactly.
    """
    suffix, place = path.suffix.lower(), SourcePlace(str(path))
    with _logged_warnings() as warnings:
        try:
            document = _document(text, path)
        except FinishError:
            raise
        # ttconv raises whatever its parser meets: ValueError, KeyError, AttributeError …
        except Exception as error:
            message = f"the file isn't valid {suffix[1:].upper()}"
            raise caption_error(message, _CHECK_FILE, place) from error
        cues = _merged(list(_paragraphs(document, place)))
    return cues, list(_notes(document, cues, warnings))


def paragraph_count(text: str, path: Path) -> int:
    """How many paragraphs of a TTML or SCC text show something; FinishError as for `read_timed_text`."""
    place = SourcePlace(str(path))
    return len(list(_paragraphs(_document(text, path), place)))


def _notes(document: _TimedDocument, cues: Sequence[Cue], warnings: Sequence[str]) -> Iterator[Note]:
    """Notes about what captions can't show, and about ends that the file doesn't state."""
    if warnings:
        yield messages.captions_not_understood(warnings)
    readings = sum(kind.__name__ == "Rt" for kind in map(type, _elements(document)))
    if readings:
        yield messages.captions_ruby(readings)
    open_cues = sum(cue.open_end for cue in cues)
    if open_cues:
        yield messages.captions_open_end(open_cues, float(LONGEST_CUE))


def _elements(document: _TimedDocument) -> Iterator[Any]:
    body = document.model.get_body()
    return iter(body.dfs_iterator() if body is not None else ())


def _xml(text: str, place: SourcePlace) -> _TimedDocument:
    import ttconv.imsc.reader

    for forbidden in ("<!DOCTYPE", "<!ENTITY"):
        if forbidden in text:
            line = text[: text.index(forbidden)].count("\n") + 1
            message = f"{forbidden} isn't allowed in a caption file"
            raise caption_error(message, "remove it: entities can stand for anything", place.at_line(line))
    try:
        root = ElementTree.fromstring(_DECLARATION.sub("", text))
    except ElementTree.ParseError as error:
        raise caption_error("invalid XML", _CHECK_FILE, place.at_line(error.position[0])) from error
    if _deeper_than(root, _DEPTH):
        raise caption_error(f"elements nested more than {_DEPTH} deep", _CHECK_FILE, place)
    if any(name.endswith("}backgroundImage") and "smpte" in name for e in root.iter() for name in e.attrib):
        message = "the captions are pictures (smpte:backgroundImage)"
        raise caption_error(message, "request the text profile of IMSC", place)
    try:
        times = numbered_times(root)
    except ValueError as error:
        message, hint = error.args
        raise caption_error(message, hint, place) from error
    without_other_styles(root)
    model = ttconv.imsc.reader.to_model(ElementTree.ElementTree(root))
    if not model:
        raise caption_error("not a TTML document", _CHECK_FILE, place)
    return _TimedDocument(model, times)


def _deeper_than(root: ElementTree.Element, limit: int) -> bool:
    level, depth = [root], 0
    while level and depth <= limit:
        level, depth = [child for element in level for child in element], depth + 1
    return depth > limit


def _document(text: str, path: Path) -> _TimedDocument:
    return (_scc if path.suffix.lower() == ".scc" else _xml)(text, SourcePlace(str(path)))


def _scc(text: str, place: SourcePlace) -> _TimedDocument:
    import ttconv.scc.reader

    if not text.startswith("Scenarist_SCC V1.0"):
        message = "an SCC file must start with the line Scenarist_SCC V1.0"
        raise caption_error(message, _CHECK_FILE, place.at_line(1))
    model = ttconv.scc.reader.to_model(_BLANKS_FOR_TAB.sub(r"\1\t", text))
    document = _TimedDocument(model, times := {})
    for number, element in enumerate(_elements(document)):
        outer = document.time(element.parent())
        begin, end = element.get_begin(), element.get_end()
        if begin is not None or end is not None:
            # Times are relative to the element around: those of painted-on words to their paragraph.
            own_end = None if end is None else outer.start + end
            active = ActiveTime(outer.start + (begin or 0), min_end(outer.end, own_end))
            element.set_lang(f"t{number}")
            times[f"t{number}"] = active
    return document


def _paragraphs(document: _TimedDocument, place: SourcePlace) -> Iterator[Cue]:
    """The cues of every paragraph: one, or several where its parts show one after the other."""
    from ttconv.model import P

    number = 0
    for element in _elements(document):
        if isinstance(element, P):
            for start, end, runs in _states(list(_runs(document, element, place))):
                text = tidy(runs)
                if not "".join(run.text for run in text).strip():
                    continue
                number += 1
                part = place.at_part(f"paragraph {number}")
                stop = end if end is not None else start + LONGEST_CUE
                yield Cue(start, stop, text, number, part, cue_region(element), open_end=end is None)


def _states(
    timed_runs: Sequence[_TimedRun],
) -> Iterator[tuple[Fraction, Fraction | None, tuple[StyledRun, ...]]]:
    """The times at which a paragraph shows the same text, with that text.

    Parts that come in one soon after the other and end together are one text, whose words have times.
    """
    visible = [timed for timed in timed_runs if not timed.time.empty]
    words = [timed for timed in visible if timed.run.text.strip()]
    if not words:
        return
    ends, starts = {timed.time.end for timed in words}, sorted({timed.time.start for timed in words})
    if len(ends) == 1 and all(later - earlier <= _PAINTED for earlier, later in pairwise(starts)):
        start = starts[0]
        (end,) = ends
        yield start, end, tuple(_spoken(timed, start) for timed in visible)
        return
    edges = sorted({*starts, *(end for end in ends if end is not None)})
    for start, end in zip_longest(edges, edges[1:]):
        text = tuple(
            timed.run
            for timed in visible
            if timed.time.start <= start and (timed.time.end is None or timed.time.end > start)
        )
        if text:
            yield start, end, text


def _spoken(timed: _TimedRun, start: Fraction) -> StyledRun:
    """The run; if it comes in after the start of its cue, that is when it is spoken."""
    later = timed.run.text != "\n" and timed.time.start > start
    return replace(timed.run, time=timed.time.start) if later else timed.run


def _runs(document: _TimedDocument, paragraph: Any, place: SourcePlace) -> Iterator[_TimedRun]:
    """The visible text of a paragraph with its styling and times, without the readings of ruby text."""
    from ttconv.model import Br, Text

    for element in paragraph.dfs_iterator():
        if isinstance(element, Br):
            yield _TimedRun(document.time(element), StyledRun("\n"))
        elif isinstance(element, Text):
            parent = element.parent()
            text = _BLANKS.sub(" ", element.get_text().replace("\x00", ""))
            check(text, place)
            italic, bold, underline, colour = styling(parent)
            run = StyledRun(TURNING.sub("", text), italic, bold, underline, colour=colour)
            active = document.time(parent)
            times = visible_times(parent, active, document.start) if text.strip() else [active] * bool(text)
            yield from (_TimedRun(time, run) for time in times)


def _merged(cues: Sequence[Cue]) -> list[Cue]:
    """The cues; paragraphs that show at the same time and place are lines of one cue."""
    by_times: dict[tuple[Fraction, Fraction, CuePosition | None], Cue] = {}
    for cue in cues:
        key = (cue.start, cue.end, cue.position)
        first = by_times.get(key)
        by_times[key] = replace(first, runs=tidy((*first.runs, StyledRun("\n"), *cue.runs))) if first else cue
    return list(by_times.values())


@contextmanager
def _logged_warnings() -> Iterator[list[str]]:
    """What ttconv logs meanwhile: it reports there what it skips."""
    texts: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            texts.append(record.getMessage())

    logger, collector = logging.getLogger("ttconv"), Collector(logging.WARNING)
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(collector)
    try:
        yield texts
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagated
