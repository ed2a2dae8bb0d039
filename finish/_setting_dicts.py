"""The maps in settings, as types. Written by `make golden`; a test compares. Don't edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Required, TypedDict


class SpokenPassageDict(TypedDict, total=False):
    """The clip from the first to the last of these words, wherever they are spoken in a row."""

    text: Required[str]


class PausesDict(TypedDict, total=False):
    """A pause of more than `longer` s is cut to `keep` s: half after the last word, half before the next."""

    longer: float | str
    keep: float | str


class SpeedDict(TypedDict, total=False):
    """A part of the clip that plays `by` times as fast at the same pitch; the whole clip without a range."""

    range: str
    by: Required[float]


class LengthFitDict(TypedDict, total=False):
    """The programme's length: pauses are shortened first, then everything is up to 1.1 times as fast."""

    max: float | str | None
    exactly: float | str | None


class BalanceDict(TypedDict, total=False):
    """Corrections of exposure, white balance, contrast and saturation."""

    exposure: float
    temperature: float
    tint: float
    contrast: float
    pivot: float
    saturation: float
    vibrance: float
    lift: Sequence[float]
    gamma: Sequence[float]
    gain: Sequence[float]


# A correction by hand, from `from` to `to` seconds of the clip (else its end).
ManualMatchDict = TypedDict("ManualMatchDict", {
    "from": float | str,
    "to": float | str | None,
    "balance": BalanceDict,
}, total=False)


class MatchDict(TypedDict, total=False):
    """Every shot is corrected so that it looks like a reference."""

    to: Required[str | Path]
    strength: float
    shots: Sequence[ManualMatchDict]


# A crop by hand from `from` to `to` seconds (else the end): centre `at`, or the whole picture.
CropOverrideDict = TypedDict("CropOverrideDict", {
    "from": float | str,
    "to": float | str | None,
    "at": Sequence[float] | None,
    "until": Sequence[float] | None,
    "layout": Literal["crop", "fit"],
}, total=False)


# A picture in a corner, for the whole programme or from `from` to `to` (s).
LogoDict = TypedDict("LogoDict", {
    "file": str | Path | None,
    "light": str | Path | None,
    "dark": str | Path | None,
    "mark": str | Path | None,
    "corner": Literal["top-left", "top-right", "bottom-left", "bottom-right"] | Literal["auto"],
    "height": float,
    "height_min": float | None,
    "clear": float,
    "grounds": Sequence[str],
    "opacity": float,
    "from": float | str,
    "to": float | str | None,
}, total=False)


class EndCardDict(TypedDict, total=False):
    """A card after the programme, for some `seconds`: a picture, or text with the largest line first."""

    file: str | Path | None
    text: str | None
    logo: str | Path | None
    link: str | None
    action: str | None
    handle: str | None
    template: str | Path | None
    accent: str
    over: Literal["colour", "picture"]
    background: str | None
    font: str | Path | None
    size: float
    seconds: float | str


# A name and a role, shown for a time.
LowerThirdDict = TypedDict("LowerThirdDict", {
    "title": Required[str],
    "subtitle": str | None,
    "from": Required[float | str],
    "to": Required[float | str],
    "side": Literal["left", "right"] | Literal["auto"],
    "design": Literal["bar", "line", "block", "pill", "frame", "serif"],
    "accent": str,
    "font": str | Path | None,
    "size": float,
    "subtitle_size": float | None,
}, total=False)


# A text on the picture from `from` to `to` (s).
LabelDict = TypedDict("LabelDict", {
    "text": str | None,
    "from": float | str | None,
    "to": float | str | None,
    "role": Literal["label", "callout", "legal", "disclosure"],
    "market": Literal["uk"] | None,
    "place": Literal["auto", "top-left", "top", "top-right", "bottom-left", "bottom", "bottom-right"],
    "at": Sequence[float] | None,
    "plate": bool,
    "font": str | Path | None,
    "size": float | None,
}, total=False)


# A number that runs from one value to another.
CountDict = TypedDict("CountDict", {
    "from": float,
    "to": Required[float],
    "seconds": float,
    "decimals": int,
    "separator": Literal["", ",", ".", " "],
    "prefix": str,
    "suffix": str,
}, total=False)


# An animated title from `from` to `to` (s).
TitleDict = TypedDict("TitleDict", {
    "template": Required[str | Path],
    "title": str | None,
    "subtitle": str | None,
    "kicker": str | None,
    "action": str | None,
    "handle": str | None,
    "items": Sequence[str],
    "count": CountDict | None,
    "from": float | str | None,
    "to": float | str | None,
    "place": Literal["auto"] | str,
    "at": Sequence[float] | None,
    "accent": str,
    "font": str | Path | None,
    "size": float,
}, total=False)


class NeverWordsDict(TypedDict, total=False):
    """Words that no caption may contain."""

    words: Sequence[str]
    refuse: bool


class DuckDict(TypedDict, total=False):
    """How far and how fast a sound goes down under speech: before the first word, and up after the last."""

    depth: float
    attack: float | str
    hold: float | str
    release: float | str


class ClipMixDict(TypedDict, total=False):
    """The clip's own sound; under a voice-over it is ducked."""

    gain: float
    mute: bool
    width: float
    duck: DuckDict | None


class VoiceOverDict(TypedDict, total=False):
    """A voice-over: a file, when it begins, and its level relative to the clip's own sound."""

    file: Required[str | Path]
    at: float | str
    level: float


# A music bed as long as the programme, with fades, ducked under speech.
MusicDict = TypedDict("MusicDict", {
    "file": Required[str | Path],
    "level": float,
    "at": float | str,
    "from": float | str,
    "loop": bool,
    "crossfade": float | str,
    "bpm": float | None,
    "beats": int,
    "fade_in": float | str,
    "fade_out": float | str,
    "width": float,
    "duck": DuckDict | None,
}, total=False)


class SoundEffectDict(TypedDict, total=False):
    """A sound at a time of the programme."""

    file: Required[str | Path]
    at: Required[float | str]
    gain: float
    width: float
