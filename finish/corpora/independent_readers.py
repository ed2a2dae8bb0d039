"""Readers of caption files that share no code with ours for what they judge.

pysubs2 reads SRT, WebVTT, ASS and TTML. pycaption (Apache-2.0), if it is installed, reads SRT, WebVTT, SCC
and DFXP. ttconv reads them all but ASS, and EBU STL: our reader takes ttconv's model of TTML and SCC, but
computes by itself what is visible at a time, and here the model's own screens (ISDs) are asked.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, Final
from xml.etree import ElementTree

from finish.corpora.screen_text import TimedText

_XML: Final = frozenset((".ttml", ".xml", ".dfxp", ".imsc", ".itt"))
_WEBVTT: Final = frozenset((".vtt", ".webvtt"))
_CLOSED_GAP: Final = Fraction(5 * 1001, 30_000)  # s; gaps of up to five frames that pycaption closes in SCC
_SCC_TIME: Final = re.compile(r"^(\d\d:\d\d:\d\d[:;]\d\d) +", re.MULTILINE)
_TWO_DECIMALS: Final = re.compile(r"\d\d:\d\d\.\d\d(?!\d)")
_EMPTY_LINE: Final = re.compile(r"\r?\n\r?\n")
_APPLE: Final = b"music.apple.com"
_BAD_TIME: Final = re.compile(r"Bad (begin|end|dur) attribute")
_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


@dataclass(frozen=True)
class IndependentReader:
    """A reader by name: the suffixes that it reads, its package, and how it reads the bytes of a file."""

    name: str
    suffixes: frozenset[str]
    read: Callable[[bytes, str], Iterator[TimedText]]

    @property
    def installed(self) -> bool:
        return find_spec(self.name) is not None

    def texts(self, data: bytes, suffix: str) -> tuple[TimedText, ...]:
        """The visible texts of a file; empty where this reader can't read it, for whatever reason."""
        try:
            with _quiet():
                return tuple(text for text in self.read(data, suffix) if not text.empty)
        except Exception:  # whatever a foreign parser raises
            return ()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the complaints of readers; one that passes over a time that it can't read raises ValueError."""
    logger, strict = logging.getLogger("ttconv"), _Strict()
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(strict)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.removeHandler(strict)
        logger.propagate = propagated


class _Strict(logging.Handler):
    """Raises for what isn't a complete reading, and drops all else."""

    def emit(self, record: logging.LogRecord) -> None:
        if _BAD_TIME.match(record.getMessage()):
            raise ValueError(record.getMessage())


def _decoded(data: bytes) -> str:
    """The text by its byte order mark, else as UTF-8. Independent readers take text and know no other."""
    return data.decode(next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8"))


def _pysubs2(data: bytes, suffix: str) -> Iterator[TimedText]:
    from pysubs2 import SSAFile

    if _APPLE in data:
        raise ValueError("pysubs2 takes times that all count from the start for those of TTML")
    form = {".webvtt": "vtt"}.get(suffix, "ttml" if suffix in _XML else suffix[1:])
    text = _decoded(data)
    if form == "vtt":  # it takes two decimals for milliseconds
        text = _TWO_DECIMALS.sub(r"\g<0>0", text)
    for event in SSAFile.from_string(text, format_=form):
        if event.type == "Dialogue" and not event.is_drawing:
            # It reads on after the empty line that ends a cue of WebVTT.
            visible = _EMPTY_LINE.split(event.plaintext)[0] if form == "vtt" else event.plaintext
            yield TimedText(Fraction(event.start, 1000), Fraction(event.end, 1000), visible)


def _pycaption(data: bytes, suffix: str) -> Iterator[TimedText]:
    import pycaption

    readers = {".srt": pycaption.SRTReader, ".scc": pycaption.SCCReader, ".vtt": pycaption.WebVTTReader}
    reader = readers.get(suffix, pycaption.WebVTTReader if suffix in _WEBVTT else pycaption.DFXPReader)
    captions = reader().read(_decoded(data))
    for language in captions.get_languages():
        for caption in captions.get_captions(language):
            start, end = (Fraction(round(time), 1_000_000) for time in (caption.start, caption.end))
            sure = max(start + (end - start) / 2, end - _CLOSED_GAP) if suffix == ".scc" else end
            yield TimedText(start, sure, caption.get_text(), latest=end)


def _ttconv(data: bytes, suffix: str) -> Iterator[TimedText]:
    texts = list(_ttconv_texts(data, suffix))
    if suffix != ".stl":
        yield from texts
        return
    # ttconv starts a subtitle no sooner than the one before ends, whatever the file states.
    ends = {text.end for text in texts}
    yield from (replace(text, earliest=Fraction(0)) if text.start in ends else text for text in texts)


def _ttconv_texts(data: bytes, suffix: str) -> Iterator[TimedText]:
    from ttconv.isd import ISD

    screens = ISD.generate_isd_sequence(_ttconv_model(data, suffix), is_multithreaded=False)
    visible: dict[tuple[str, int], Fraction] = {}  # each text, numbered among equal ones, and its start
    for start, screen in screens:
        texts = _numbered(_screen_texts(screen))
        for gone in visible.keys() - texts:
            yield TimedText(visible.pop(gone), start, gone[0])
        visible |= dict.fromkeys(texts - visible.keys(), start)
    for (text, _), start in visible.items():
        yield TimedText(start, None, text)


def _numbered(texts: Iterable[str]) -> set[tuple[str, int]]:
    """Texts with their numbers among equal ones."""
    return {(text, number) for text, count in Counter(texts).items() for number in range(count)}


def _ttconv_model(data: bytes, suffix: str) -> Any:
    import ttconv.imsc.reader
    import ttconv.scc.reader
    import ttconv.srt.reader
    import ttconv.stl.config
    import ttconv.stl.reader
    import ttconv.vtt.reader

    if suffix == ".stl":
        from_programme = ttconv.stl.config.STLReaderConfiguration(program_start_tc="TCP")
        return ttconv.stl.reader.to_model(io.BytesIO(data), from_programme)
    if suffix in _XML:
        return ttconv.imsc.reader.to_model(ElementTree.ElementTree(ElementTree.fromstring(data)))
    text = _decoded(data)
    if suffix == ".scc":  # blanks for the TAB after a time are common, and no question of this reader
        return ttconv.scc.reader.to_model(_SCC_TIME.sub(r"\1\t", text))
    reader = ttconv.srt.reader if suffix == ".srt" else ttconv.vtt.reader
    return reader.to_model(io.StringIO(text))


def _screen_texts(screen: Any) -> Iterator[str]:
    """The text of each paragraph that a screen of ttconv shows, without the readings of ruby text."""
    from ttconv.model import P

    for region in screen.iter_regions():
        for element in region.dfs_iterator():
            if isinstance(element, P) and (text := "".join(_letters(element))).strip():
                yield text


def _letters(paragraph: Any) -> Iterator[str]:
    from ttconv.model import Br, Text
    from ttconv.style_properties import StyleProperties, VisibilityType

    for element in paragraph.dfs_iterator():
        if isinstance(element, Br):
            yield "\n"
        elif isinstance(element, Text):
            parent = element.parent()
            hidden = parent.get_style(StyleProperties.Visibility) is VisibilityType.hidden
            if not hidden and not any(map(_unseen, _ancestors(parent))):
                yield element.get_text()


def _unseen(element: Any) -> bool:
    """Whether it is the reading of ruby text, or clear as glass."""
    from ttconv.model import Rp, Rt
    from ttconv.style_properties import StyleProperties

    return isinstance(element, Rt | Rp) or element.get_style(StyleProperties.Opacity) == 0


def _ancestors(element: Any) -> Iterator[Any]:
    while element is not None:
        yield element
        element = element.parent()


READERS: Final = (
    IndependentReader("pysubs2", frozenset((".srt", ".ass", ".ssa", *_WEBVTT, *_XML)), _pysubs2),
    IndependentReader("pycaption", frozenset((".srt", ".scc", *_WEBVTT, *_XML)), _pycaption),
    IndependentReader("ttconv", frozenset((".srt", ".scc", ".stl", *_WEBVTT, *_XML)), _ttconv),
)
SUFFIXES: Final = tuple(sorted(frozenset[str]().union(*(reader.suffixes for reader in READERS))))
