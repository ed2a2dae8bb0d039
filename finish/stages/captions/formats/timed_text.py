"""TTML, IMSC and SCC → cues, read by ttconv; nothing of what such a file cannot say exactly is guessed."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from finish.errors import FinishError
from finish.model import Note, act
from finish.stages.captions.cues import Cue, StyledRun, caption_error
from finish.stages.captions.formats.markup import TURNING, check, tidy

XML: Final = (".ttml", ".xml", ".dfxp", ".imsc", ".itt")
_DEPTH: Final = 40  # elements in elements; IMSC has eight kinds of them in all
_BLANKS: Final = re.compile(r"\s+")
_DECLARED: Final = re.compile(r"^\s*<\?xml[^>]*\?>")  # its encoding was seen to already
_NOT_OURS: Final = "is it the right file, and whole?"


def read_timed_text(text: str, path: Path) -> tuple[list[Cue], list[Note]]:
    """The cues of a file with this text, as they come, and what is odd about it; FinishError for what is not understood exactly."""
    suffix, where = path.suffix.lower(), str(path)
    with _heard() as said:
        try:
            model = (_scc if suffix == ".scc" else _xml)(text, where)
        except FinishError:
            raise
        except (
            Exception
        ) as wrong:  # ttconv raises what its parser happens to meet: ValueError, KeyError, AttributeError …
            raise caption_error(
                f"not a {suffix[1:].upper()} file that can be read whole", _NOT_OURS, where
            ) from wrong
        done = list(_merged(list(_paragraphs(model, where))))
    text = f"{len(said)} parts of the file were not understood, the first: {said[0][:100]}" if said else ""
    return done, [act("captions-not-understood", text)] if said else []


def _xml(text: str, path: str) -> Any:
    import ttconv.imsc.reader

    for forbidden in ("<!DOCTYPE", "<!ENTITY"):
        if forbidden in text:
            line = text[: text.index(forbidden)].count("\n") + 1
            raise caption_error(
                f"{forbidden} in a caption file",
                "take it out: entities can stand for anything",
                f"{path}:{line}",
            )
    try:
        root = ElementTree.fromstring(_DECLARED.sub("", text))
    except ElementTree.ParseError as wrong:
        raise caption_error("not valid XML", _NOT_OURS, f"{path}:{wrong.position[0]}") from wrong
    if _deep(root) > _DEPTH:
        raise caption_error(f"elements nested more than {_DEPTH} deep", _NOT_OURS, path)
    if any(name.endswith("backgroundImage") for each in root.iter() for name in each.attrib):
        raise caption_error(
            "captions as pictures (smpte:backgroundImage)", "ask for the text profile of IMSC", path
        )
    return ttconv.imsc.reader.to_model(ElementTree.ElementTree(root)) or _nothing(path)


def _nothing(path: str) -> Any:
    raise caption_error("no TTML document", _NOT_OURS, path)


def _deep(root: ElementTree.Element) -> int:
    level, deep = [root], 0
    while level and deep <= _DEPTH:
        level, deep = [child for each in level for child in each], deep + 1
    return deep


def _scc(text: str, path: str) -> Any:
    import ttconv.scc.reader

    if not text.startswith("Scenarist_SCC V1.0"):
        raise caption_error("an SCC file starts with the line Scenarist_SCC V1.0", _NOT_OURS, f"{path}:1")
    return ttconv.scc.reader.to_model(text)


def _paragraphs(model: Any, path: str) -> Iterator[Cue]:
    """Every paragraph that shows text, at the times that it and what it lies in state."""
    from ttconv.model import P

    body = model.get_body()
    number = 0
    for element in body.dfs_iterator() if body is not None else ():
        if not isinstance(element, P):
            continue
        where = f"{path}, paragraph {number + 1}"
        begin, end = _times(element)
        runs = list(_runs(element, begin, where))
        spans = [(start, stop) for start, stop, _ in runs]
        start = max(begin, min((each for each, _ in spans), default=begin))
        stops = [stop for _, stop in spans if stop is not None]
        stop = min(
            [
                each
                for each in (end, max(stops) if stops and len(stops) == len(spans) else None)
                if each is not None
            ],
            default=None,
        )
        cue_runs = tidy(
            tuple(
                run
                if run.time is None or run.time > start
                else StyledRun(run.text, run.italic, run.bold, run.underline)
                for _, _, run in runs
            )
        )
        if not "".join(run.text for run in cue_runs).strip():
            continue
        number += 1
        if stop is None:
            raise caption_error("a paragraph without an end", "give it `end` or `dur`", where)
        if stop <= start:
            raise caption_error(
                "a paragraph that ends before it starts", "set its end later than its start", where
            )
        yield Cue(start, stop, cue_runs, number, number)


def _times(element: Any) -> tuple[Fraction, Fraction | None]:
    """When an element shows: its times count from the start of what it lies in.

    The nearest end counts: ttconv gives everything around an element an end of its own making, which is too early where that begins late.
    """
    chain = [element]
    while (parent := chain[-1].parent()) is not None:
        chain.append(parent)
    start, end = Fraction(0), None
    for each in reversed(chain):
        own_end = each.get_end()
        end = start + own_end if own_end is not None else end
        start += each.get_begin() or Fraction(0)
    return start, end


def _runs(
    paragraph: Any, begin: Fraction, where: str
) -> Iterator[tuple[Fraction, Fraction | None, StyledRun]]:
    """The text of a paragraph with its styling; a part with times of its own is spoken from then on."""
    from ttconv.model import Br, Text

    for element in paragraph.dfs_iterator():
        if isinstance(element, Br):
            yield begin, None, StyledRun("\n")
        elif isinstance(element, Text):
            parent = element.parent()
            start, end = _times(parent)
            text = _BLANKS.sub(" ", element.get_text().replace("\x00", ""))
            check(text, where)
            if text:
                yield (
                    start,
                    end,
                    StyledRun(
                        TURNING.sub("", text), *_styling(parent), time=start if start > begin else None
                    ),
                )


def _styling(element: Any) -> tuple[bool, bool, bool]:
    """Italic, bold, underlined: as stated, or by what it lies in."""
    from ttconv.style_properties import FontStyleType, FontWeightType, StyleProperties

    slant, weight, lines = (
        _stated(element, each)
        for each in (StyleProperties.FontStyle, StyleProperties.FontWeight, StyleProperties.TextDecoration)
    )
    return (
        slant in (FontStyleType.italic, FontStyleType.oblique),
        weight is FontWeightType.bold,
        bool(lines and lines.underline),
    )


def _stated(element: Any, what: Any) -> Any:
    while element is not None:
        value = element.get_style(what)
        if value is not None:
            return value
        element = element.parent()
    return None


def _merged(found: Sequence[Cue]) -> Iterator[Cue]:
    """Paragraphs that show at the very same time are lines of one cue."""
    at: dict[tuple[Fraction, Fraction], Cue] = {}
    for cue in found:
        same = at.get((cue.start, cue.end))
        both = (
            cue
            if same is None
            else Cue(
                cue.start, cue.end, tidy((*same.runs, StyledRun("\n"), *cue.runs)), same.number, same.line
            )
        )
        at[cue.start, cue.end] = both
    yield from at.values()


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What ttconv logs meanwhile: it tells there of what it passes over."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logger, ear = logging.getLogger("ttconv"), Ear(logging.WARNING)
    spread, logger.propagate = logger.propagate, False
    logger.addHandler(ear)
    try:
        yield said
    finally:
        logger.removeHandler(ear)
        logger.propagate = spread
