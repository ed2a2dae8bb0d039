"""The sound: the track that is meant, as 48 kHz stereo, exactly as long as the picture, or silence."""

from __future__ import annotations

from fractions import Fraction

from finish.analysis.channel_levels import ChannelLevels
from finish.errors import SpecError
from finish.model import Ask, Measure, Source, know
from finish.model.sound_input import SoundInput, heard, silence
from finish.model.track_selection import ChosenTracks, Listen, best, named, show
from finish.stages.conform.languages import same

Track = int | str | tuple[int, int]


def conformed(
    source: Source, chosen: ChosenTracks, channels: tuple[int, ...], span: tuple[Fraction, Fraction], ask: Ask
) -> SoundInput:
    """The clip's sound; SpecError where the settings name a channel that it hasn't."""
    if chosen.tracks:
        return heard(source, chosen, span, listening(ask), channels)
    if channels:
        raise SpecError(f"conform.channels: {source.path.name} has no sound", "remove it")
    return SoundInput(silence(span[1] - span[0]), (know("no-sound-track", "no sound track"),))


def listening(ask: Ask) -> Listen:
    """What each channel of a sound carries."""
    return lambda sound: ask(Measure(ChannelLevels(), sound)).channels


def chosen(track: Track, source: Source, ask: Ask) -> ChosenTracks:
    """The sound tracks that are meant, none for a clip without any; SpecError where there is no such track."""
    if track == "auto":
        return best(source, listening(ask))
    if isinstance(track, str):
        exact = [number for number, each in enumerate(source.audio) if each.language.lower() == track.lower()]
        found = exact or [number for number, each in enumerate(source.audio) if same(each.language, track)]
        meant = tuple(found[:1])
    else:
        numbers = track if isinstance(track, tuple) else (track,)
        meant = numbers if max(numbers) < len(source.audio) else ()
    if not meant:
        there = ", ".join(show(number, each) for number, each in enumerate(source.audio)) or "no sound"
        shown = " and ".join(map(str, track)) if isinstance(track, tuple) else track
        raise SpecError(f"conform.track: {source.path.name} has no sound track {shown}", f"it has {there}")
    return named(source, meant)
