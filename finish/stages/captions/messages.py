"""The notes of the captions stage: one function for each code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import PurePath
from typing import Final

from finish.model import Note, act, detail, know
from finish.stages.captions.source_place import SourcePlace
from finish.units import clock

_FEW: Final = 8  # characters that a note lists


def ass_embedded() -> Note:
    """Fonts and pictures inside an ASS file are ignored."""
    return act(
        "ass-embedded",
        "fonts and pictures embedded in the ASS file aren't used — "
        "put its fonts in a folder and name it with `captions: {fonts: FOLDER}`",
    )


def ass_places() -> Note:
    """An ASS file that positions its own text."""
    return act(
        "ass-places", "the ASS file positions its own text — check it against the logo and the lower third"
    )


def ass_styles() -> Note:
    """Settings that don't apply to an ASS file."""
    return know(
        "ass-styles",
        "an ASS file keeps its own styles: style, line breaks, size and position of `captions:` don't apply",
    )


def caption_times(start: str, reason: str) -> Note:
    """Times that count from another start than 0."""
    return know("caption-times", f"caption times count from {start}, {reason}")


def captions_comments(count: int) -> Note:
    """Comments of a caption file."""
    return know("captions-comments", f"{counted(count, 'comment')} for translators skipped")


def captions_contrast(ratio: float, needed: float, part: str, reinforced: float) -> Note:
    """A `ratio` that is too low, which a stronger `part` of the style raises to `reinforced` (to 1)."""
    text = f"caption contrast with the picture would be {ratio:.1f}:1 (at least {needed:.1f}:1 needed): "
    return know("captions-contrast", f"{text}a stronger {part} raises it to at least {reinforced:.1f}:1")


def captions_count(stated: str, blocks: int) -> Note:
    """An STL header that states another number of blocks than the file has."""
    text = f"the header states {stated or 'no'} blocks, but the file has {blocks} — check that it's complete"
    return act("captions-count", text)


def captions_cover(share: float) -> Note:
    """The largest share (0 to 1) of a face or line of text that captions cover."""
    text = f"captions cover up to {_percent(share)} of a face or of text in the picture: no position is clear"
    return act("captions-cover", f"{text} — try a smaller `captions: size`, or check the picture")


def captions_moved(moved: int, cards: int) -> Note:
    """The cards that aren't at the preferred place."""
    text = f"captions leave their usual place for {moved} of {cards} cards, to keep clear of what is there"
    return know("captions-moved", text)


def contains_never_words(words: Sequence[str]) -> str:
    """What is wrong with a cue that contains words of `captions.never`."""
    return f"the caption contains {', '.join(map(repr, words))}, which must not be shown"


def never_word(place: SourcePlace | None, time: str, words: Sequence[str]) -> Note:
    """A cue with words of `captions.never`."""
    named = replace(place, path=PurePath(place.path).name) if place is not None else ""
    where = f"{named}, " if named else ""
    return act("never-word", f"{where}{time}: {contains_never_words(words)} — use other words")


def captions_places_ignored(count: int, position: str) -> Note:
    """Cues whose places in the file don't count, because the job states a position."""
    text = f"{counted(count, 'cue')} have places in the file that aren't used: captions are at the {position}"
    return know("captions-places-ignored", f"{text} — to use them, set `captions: {{position: file}}`")


def captions_speed(current: float, best: float, stretch: str) -> Note:
    """Captions that fit the speech at another speed: `current` and `best` are shares (0 to 1) of the time."""
    text = (
        f"captions fit the speech better at another speed ({_percent(best)} instead of {_percent(current)})"
    )
    return act("captions-speed", f"{text} — try `stretch: {stretch}`")


def captions_rolling(before: int, after: int) -> Note:
    """Rolling captions, of which every line is in several cues."""
    return know("captions-rolling", f"rolling captions: {before} cues that repeat lines became {after} cues")


def captions_unheard(share: float) -> Note:
    """The share (0 to 1) of the captions' words that are recognised, if it is low."""
    text = f"only {_percent(share)} of the captions' words are recognised in the clip"
    return act("captions-unheard", f"{text} — check that the captions belong to it")


def cues_dropped(dropped: int, total: int) -> Note:
    """Cues in sections that are removed."""
    return know(
        "cues-dropped", f"{dropped} of {total} cues fall in parts of the clip that are cut, and were dropped"
    )


def cues_fast(count: int, limit: int, number: int, speed: float) -> Note:
    """Cues that exceed the reading speed; the fastest has a `number` and a `speed` (characters per s)."""
    text = f"{counted(count, 'cue')} faster to read than {limit} characters per second"
    worst = f"fastest: cue {number}, {speed:.0f} characters per second"
    return know("cues-fast", f"{text} ({worst}) — `finish captions fix` gives them more time")


def cues_late(late: int, total: int) -> Note:
    """Cues after the end of the programme."""
    text = f"{late} of {total} cues start too late to show before the programme ends, and were dropped"
    return act("cues-late", f"{text} — check that the captions belong to this clip")


def cues_without_length(count: int, first: SourcePlace) -> Note:
    """Cues without an end."""
    text = f"{counted(count, 'cue')} without a duration (first at {first.within})"
    return know("cues-without-length", f"{text}: each shows for its reading time")


def font_lacks(font: str, letters: Sequence[str]) -> Note:
    """Characters that a custom font doesn't have."""
    text = f"{counted(len(letters), 'character')} missing from {font}: {' '.join(letters[:_FEW])}"
    return know("font-lacks", f"{text}; other fonts draw {'it' if len(letters) == 1 else 'them'}")


def font_licence(font: str) -> Note:
    """A custom font whose licence forbids embedding."""
    return act("font-licence", f"{font}: its licence forbids embedding — check that you can use this font")


def font_substituted(families: Sequence[str], substitute: str) -> Note:
    """Fonts of an ASS file that aren't available."""
    text = f"fonts of the ASS file are missing ({', '.join(families)}): drawn in {substitute}, about as wide"
    return know("font-substituted", f"{text} — name a folder with them: `captions: {{fonts: FOLDER}}`")


def glossary(recognised: str, name: str, time: Fraction) -> Note:
    """A name that is spelt as in the glossary."""
    return know("glossary", f'heard "{recognised}", written "{name}" at {clock(time)}')


def masked(count: int, first: Fraction) -> Note:
    """Cues with masked words; `first` is the time of the first one (s)."""
    return know("masked", f"{counted(count, 'cue')} with masked words (first at {clock(first)})")


def no_captions() -> Note:
    """Captions that appear nowhere."""
    text = "captions are neither burned in nor written"
    return act("no-captions", f"{text} — set `burn: true`, or list a format in `sidecar`")


def recognised(file: str, cues: int) -> Note:
    """A caption file that is written from recognised speech."""
    return act(
        "recognised", f"{file}: {counted(cues, 'cue')} recognised from speech — proofread before delivery"
    )


def sidecar_losses(losses: Sequence[tuple[str, int, str]]) -> Note:
    """What files can't keep of the captions: the format, the number of cues, and what they lose."""
    parts = (f"{form.upper()} loses {what} of {counted(count, 'cue')}" for form, count, what in losses)
    return know("sidecar-loses", f"not every format keeps all: {'; '.join(parts)} — VTT keeps it")


def scc_late(count: int, seconds: float) -> Note:
    """Captions that come later in SCC than the file states, by at most so many seconds."""
    text = f"SCC sends two bytes per frame: {counted(count, 'caption')} shows up to {seconds:.2f} s late"
    return know("scc-late", text)


def text_heard(share: float) -> Note:
    """A text that is timed by recognised words: their share (0 to 1)."""
    return detail("text-heard", f"{_percent(share)} of the text's words were recognised in the speech")


def text_spread() -> Note:
    """A text that is timed by syllables."""
    text = "the text has no times: its sentences are spread over the speech by syllables"
    return know("text-spread", f"{text} — `words: speech` times them by speech recognition")


def word_parted(first: int, cues: int) -> Note:
    """Words wider than a line that are divided by their language's rules, or addresses at their marks."""
    text = f"{counted(cues, 'cue')} with a word wider than a line, divided on one card (first: cue {first})"
    return know("word-parted", f"{text} — for another place, put a soft hyphen (U+00AD) there")


def words_smaller(first: int, cues: int, scale: float) -> Note:
    """Cues in smaller type, so that a long word fits a line and the type of those beside it is steady."""
    text = f"{counted(cues, 'cue')} set smaller, for a long word there or beside them (first: cue {first}"
    return detail("words-smaller", f"{text}; smallest: {_percent(scale)})")


def words_too_small(first: int, cues: int) -> Note:
    """Cues in type that is too small to be read well, because a word can't be divided."""
    text = f"{counted(cues, 'cue')} too small to read well: a word doesn't fit a line (first: cue {first})"
    return act("words-too-small", f"{text} — put a soft hyphen (U+00AD) where the word can break")


def words_dropped(count: int) -> Note:
    """Words that recognition probably invented."""
    return know("words-dropped", f"{counted(count, 'recognised word')} dropped: probably not spoken")


def words_spread(count: int, total: int) -> Note:
    """Word times that are computed from syllables."""
    text = f"{count} of {total} cues have no word times: their words are spread by syllables"
    return know("words-spread", f"{text} — WebVTT timestamps or a JSON transcript give word times")


def counted(count: int, noun: str) -> str:
    """A number and its noun: `1 cue`, `2 cues`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
