"""The sound: the chosen track as 48 kHz stereo, exactly as long as the picture, or silence."""

from __future__ import annotations

from fractions import Fraction

from finish.analysis.channel_levels import ChannelLevels
from finish.model import Ask, Measure, Source
from finish.model.sound_input import SoundInput, read_sound, silence
from finish.model.track_selection import ChosenTracks, Listen, best, named, show
from finish.stages.conform import messages
from finish.stages.conform.languages import same

Track = int | str | tuple[int, int]


def conformed(
    source: Source, chosen: ChosenTracks, channels: tuple[int, ...], span: tuple[Fraction, Fraction], ask: Ask
) -> SoundInput:
    """The clip's sound; SpecError where the settings name a channel that it doesn't have."""
    if chosen.tracks:
        return read_sound(source, chosen, span, listening(ask), channels)
    if channels:
        raise messages.no_sound_for_channels(source.path.name)
    return SoundInput(silence(span[1] - span[0]), (messages.no_sound_track(),))


def listening(ask: Ask) -> Listen:
    """Measures the content of each channel of a sound."""
    return lambda sound: ask(Measure(ChannelLevels(), sound)).channels


def chosen(track: Track, source: Source, ask: Ask) -> ChosenTracks:
    """The sound tracks in use, none for a clip without any; SpecError where there is no such track."""
    if track == "auto":
        return best(source, listening(ask))
    if isinstance(track, str):
        languages = [audio.language for audio in source.audio]
        exact = [number for number, language in enumerate(languages) if language.lower() == track.lower()]
        tracks = exact or [number for number, language in enumerate(languages) if same(language, track)]
        numbers = tuple(tracks[:1])
    else:
        numbers = track if isinstance(track, tuple) else (track,)
        numbers = numbers if max(numbers) < len(source.audio) else ()
    if not numbers:
        listed = ", ".join(show(number, audio) for number, audio in enumerate(source.audio))
        name = " and ".join(map(str, track)) if isinstance(track, tuple) else str(track)
        raise messages.no_such_track(source.path.name, name, listed)
    return named(source, numbers)
