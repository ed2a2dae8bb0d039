"""The notes of the captions stage: one function for each code."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from finish.model import Note, act, detail, know
from finish.stages.captions.source_place import SourcePlace
from finish.units import clock

_FEW: Final = 8  # characters that a note lists


def ass_embedded() -> Note:
    return act(
        "ass-embedded",
        "fonts and pictures embedded in the ASS file aren't used — "
        "put its fonts in a folder and name it with `captions: {fonts: FOLDER}`",
    )


def ass_places() -> Note:
    return act(
        "ass-places", "the ASS file positions its own text — check it against the logo and the lower third"
    )


def ass_styles() -> Note:
    return know(
        "ass-styles",
        "an ASS file keeps its own styles: style, line breaks, size and position of `captions:` don't apply",
    )


def caption_times(start: str, reason: str) -> Note:
    return know("caption-times", f"caption times count from {start}, {reason}")


def captions_comments(count: int) -> Note:
    return know("captions-comments", f"{_count(count, 'comment')} for translators skipped")


def captions_contrast(ratio: float, needed: float, part: str, reinforced: float) -> Note:
    text = f"caption contrast with the picture would be {ratio:.1f}:1 (at least {needed:.1f}:1 needed): "
    return know("captions-contrast", f"{text}a stronger {part} raises it to at least {reinforced:.1f}:1")


def captions_count(stated: str, blocks: int) -> Note:
    text = f"the header states {stated or 'no'} blocks, but the file has {blocks} — check that it's complete"
    return act("captions-count", text)


def captions_cover(share: float) -> Note:
    text = f"captions cover up to {_percent(share)} of a face or of text in the picture: no position is clear"
    return act("captions-cover", f"{text} — try a smaller `captions: size`, or check the picture")


def captions_encoding(encoding: str, language: str) -> Note:
    text = f"the file isn't Unicode; read as {encoding}, which was usual for language {language!r}"
    return know("captions-encoding", f"{text} — check accented letters, or set `captions: encoding`")


def captions_moved(moved: int, shots: int) -> Note:
    text = f"captions leave the bottom in {moved} of {shots} shots, to avoid faces and text in the picture"
    return know("captions-moved", text)


def captions_not_understood(warnings: Sequence[str]) -> Note:
    text = f"{_count(len(warnings), 'part')} of the file not understood (first: {warnings[0][:100]})"
    return act("captions-not-understood", f"{text} — check the captions")


def captions_odd_empty(count: int, first: SourcePlace) -> Note:
    return know("captions-odd", f"{_count(count, 'empty cue')} dropped (first at {first.within})")


def captions_odd_order() -> Note:
    return know("captions-odd", "the cues weren't in order of time, and were sorted")


def captions_odd_overlap(count: int) -> Note:
    return know("captions-odd", f"{_count(count, 'cue')} starting before the previous cue ends")


def captions_odd_marks() -> Note:
    return know(
        "captions-odd",
        "invisible marks that change the reading direction (U+202A–202E, U+2066–2069) "
        "or byte order marks inside the text removed",
    )


def captions_speed(current: float, best: float, stretch: str) -> Note:
    text = (
        f"captions fit the speech better at another speed ({_percent(best)} instead of {_percent(current)})"
    )
    return act("captions-speed", f"{text} — try `stretch: {stretch}`")


def captions_tags(line: int) -> Note:
    text = f"line {line}: SRT has no `{{\\…}}` tags, so they show as text"
    return act("captions-tags", f"{text} — save the file as .ass to use them")


def captions_unheard(share: float) -> Note:
    text = f"only {_percent(share)} of the captions' words are recognised in the clip"
    return act("captions-unheard", f"{text} — check that the captions belong to it")


def cues_dropped(dropped: int, total: int) -> Note:
    return know(
        "cues-dropped", f"{dropped} of {total} cues fall in sections that pacing removes, and were dropped"
    )


def cues_fast(count: int, limit: int, number: int, speed: float) -> Note:
    text = f"{_count(count, 'cue')} faster to read than {limit} characters per second"
    worst = f"fastest: cue {number}, {speed:.0f} characters per second"
    return know("cues-fast", f"{text} ({worst}) — `finish captions fix` gives them more time")


def cues_late(late: int, total: int) -> Note:
    text = f"{late} of {total} cues start too late to show before the programme ends, and were dropped"
    return act("cues-late", f"{text} — check that the captions belong to this clip")


def cues_without_length(count: int, first: SourcePlace) -> Note:
    text = f"{_count(count, 'cue')} without a duration (first at {first.within})"
    return know("cues-without-length", f"{text}: each shows for its reading time")


def font_lacks(font: str, letters: Sequence[str]) -> Note:
    text = f"{_count(len(letters), 'character')} missing from {font}: {' '.join(letters[:_FEW])}"
    return know("font-lacks", f"{text}; other fonts draw {'it' if len(letters) == 1 else 'them'}")


def font_licence(font: str) -> Note:
    return act("font-licence", f"{font}: its licence forbids embedding — check that you can use this font")


def font_substituted(families: Sequence[str], substitute: str) -> Note:
    text = f"fonts of the ASS file are missing ({', '.join(families)}): drawn in {substitute}"
    return know("font-substituted", f"{text} — name a folder with them: `captions: {{fonts: FOLDER}}`")


def glossary(recognised: str, name: str, time: Fraction) -> Note:
    return know("glossary", f'heard "{recognised}", written "{name}" at {clock(time)}')


def masked(count: int, first: Fraction) -> Note:
    return know("masked", f"{_count(count, 'cue')} with masked words (first at {clock(first)})")


def no_captions() -> Note:
    text = "captions are neither burned in nor written"
    return act("no-captions", f"{text} — set `burn: true`, or list a format in `sidecar`")


def recognised(file: str, cues: int) -> Note:
    return act(
        "recognised", f"{file}: {_count(cues, 'cue')} recognised from speech — proofread before delivery"
    )


def text_heard(share: float) -> Note:
    return detail("text-heard", f"{_percent(share)} of the text's words were recognised in the speech")


def text_spread() -> Note:
    text = "the text has no times: its sentences are spread over the speech by syllables"
    return know("text-spread", f"{text} — `words: speech` times them by speech recognition")


def word_parted(first: int, cues: int) -> Note:
    text = f"{_count(cues, 'cue')} with a word wider than the safe area, which was split (first: cue {first})"
    return act("word-parted", f"{text} — put a soft hyphen (U+00AD) where the word can break")


def words_dropped(count: int) -> Note:
    return know("words-dropped", f"{_count(count, 'recognised word')} dropped: probably not spoken")


def words_spread(count: int, total: int) -> Note:
    text = f"{count} of {total} cues have no word times: their words are spread by syllables"
    return know("words-spread", f"{text} — WebVTT timestamps or a JSON transcript give word times")


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
