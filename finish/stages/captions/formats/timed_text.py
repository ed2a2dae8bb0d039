"""TTML, IMSC and SCC → cues, read by ttconv.

What such a file doesn't state exactly is an error, never a guess.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from finish.errors import FinishError
from finish.model import Note
from finish.stages.captions import messages
from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.formats.markup import TURNING, check, tidy
from finish.stages.captions.source_place import SourcePlace, caption_error

XML: Final = (".ttml", ".xml", ".dfxp", ".imsc", ".itt")
_DEPTH: Final = 40  # nested elements; IMSC has eight kinds of elements in all
_BLANKS: Final = re.compile(r"\s+")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")  # the text is decoded already
_CHECK_FILE: Final = "check that it's the right file, and complete"


@dataclass(frozen=True)
class _TimedRun:
    """A run with the times of its element (s); `end` is None where nothing states it."""

    start: Fraction
    end: Fraction | None
    run: StyledRun


def read_timed_text(text: str, path: Path) -> tuple[list[Cue], list[Note]]:
    """The cues of a file with this text, in its order, and notes.

    FinishError for what isn't understood exactly.
    """
    suffix, place = path.suffix.lower(), SourcePlace(str(path))
    with _logged_warnings() as warnings:
        try:
            model = (_scc if suffix == ".scc" else _xml)(text, place)
        except FinishError:
            raise
        # ttconv raises whatever its parser meets: ValueError, KeyError, AttributeError …
        except Exception as error:
            message = f"the file isn't valid {suffix[1:].upper()}"
            raise caption_error(message, _CHECK_FILE, place) from error
        cues = _merged(list(_paragraphs(model, place)))
    return cues, [messages.captions_not_understood(warnings)] if warnings else []


def _xml(text: str, place: SourcePlace) -> Any:
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
    if any(name.endswith("backgroundImage") for element in root.iter() for name in element.attrib):
        message = "the captions are pictures (smpte:backgroundImage)"
        raise caption_error(message, "request the text profile of IMSC", place)
    model = ttconv.imsc.reader.to_model(ElementTree.ElementTree(root))
    if not model:
        raise caption_error("not a TTML document", _CHECK_FILE, place)
    return model


def _deeper_than(root: ElementTree.Element, limit: int) -> bool:
    level, depth = [root], 0
    while level and depth <= limit:
        level, depth = [child for element in level for child in element], depth + 1
    return depth > limit


def _scc(text: str, place: SourcePlace) -> Any:
    import ttconv.scc.reader

    if not text.startswith("Scenarist_SCC V1.0"):
        message = "an SCC file must start with the line Scenarist_SCC V1.0"
        raise caption_error(message, _CHECK_FILE, place.at_line(1))
    return ttconv.scc.reader.to_model(text)


def _paragraphs(model: Any, place: SourcePlace) -> Iterator[Cue]:
    """Every paragraph that shows text, at its own times and those of the elements around it."""
    from ttconv.model import P

    body = model.get_body()
    number = 0
    for element in body.dfs_iterator() if body is not None else ():
        if isinstance(element, P):
            cue = _paragraph(element, number + 1, place.at_part(f"paragraph {number + 1}"))
            if cue is not None:
                number += 1
                yield cue


def _paragraph(element: Any, number: int, place: SourcePlace) -> Cue | None:
    """The cue of a paragraph; None for one without text."""
    begin, end = _times(element)
    timed_runs = list(_runs(element, begin, place))
    start = max(begin, min((run.start for run in timed_runs), default=begin))
    stop = _earlier(end, _last_end(timed_runs))
    runs = tidy(tuple(_without_early_time(timed.run, start) for timed in timed_runs))
    if not "".join(run.text for run in runs).strip():
        return None
    if stop is None:
        raise caption_error("the paragraph has no end", "set `end` or `dur`", place)
    if stop <= start:
        raise caption_error("the paragraph ends before it starts", "set a later end", place)
    return Cue(start, stop, runs, number, place)


def _last_end(timed_runs: Sequence[_TimedRun]) -> Fraction | None:
    """The latest end of runs; None unless all of them state one."""
    ends = [timed.end for timed in timed_runs if timed.end is not None]
    return max(ends) if ends and len(ends) == len(timed_runs) else None


def _earlier(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return min((end for end in (one, other) if end is not None), default=None)


def _without_early_time(run: StyledRun, start: Fraction) -> StyledRun:
    """The run without a word time that isn't after the start of its cue."""
    return run if run.time is None or run.time > start else replace(run, time=None)


def _times(element: Any) -> tuple[Fraction, Fraction | None]:
    """When an element shows (s): its times count from the start of the element around it.

    The nearest end counts: ttconv gives outer elements an end of its own, which is too early for a late
    start.
    """
    chain = [element]
    while (parent := chain[-1].parent()) is not None:
        chain.append(parent)
    start, end = Fraction(0), None
    for outer in reversed(chain):
        own_end = outer.get_end()
        end = start + own_end if own_end is not None else end
        start += outer.get_begin() or Fraction(0)
    return start, end


def _runs(paragraph: Any, begin: Fraction, place: SourcePlace) -> Iterator[_TimedRun]:
    """The text of a paragraph with its styling; a part with times of its own is spoken from its start on."""
    from ttconv.model import Br, Text

    for element in paragraph.dfs_iterator():
        if isinstance(element, Br):
            yield _TimedRun(begin, None, StyledRun("\n"))
        elif isinstance(element, Text):
            parent = element.parent()
            start, end = _times(parent)
            text = _BLANKS.sub(" ", element.get_text().replace("\x00", ""))
            check(text, place)
            if text:
                time = start if start > begin else None
                yield _TimedRun(start, end, StyledRun(TURNING.sub("", text), *_styling(parent), time=time))


def _styling(element: Any) -> tuple[bool, bool, bool]:
    """Italic, bold, underlined: as the element or the nearest one around it states."""
    from ttconv.style_properties import FontStyleType, FontWeightType, StyleProperties

    slant, weight, lines = (
        _stated(element, style)
        for style in (StyleProperties.FontStyle, StyleProperties.FontWeight, StyleProperties.TextDecoration)
    )
    return (
        slant in (FontStyleType.italic, FontStyleType.oblique),
        weight is FontWeightType.bold,
        bool(lines and lines.underline),
    )


def _stated(element: Any, style: Any) -> Any:
    while element is not None:
        value = element.get_style(style)
        if value is not None:
            return value
        element = element.parent()
    return None


def _merged(cues: Sequence[Cue]) -> list[Cue]:
    """The cues; paragraphs that show at the same time are lines of one cue."""
    by_times: dict[tuple[Fraction, Fraction], Cue] = {}
    for cue in cues:
        first = by_times.get((cue.start, cue.end))
        both = replace(first, runs=tidy((*first.runs, StyledRun("\n"), *cue.runs))) if first else cue
        by_times[cue.start, cue.end] = both
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
