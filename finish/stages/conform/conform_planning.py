"""Plans an upright picture with square pixels and known colour, and 48 kHz stereo sound as long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Any

from finish.errors import FinishError
from finish.graph import Stream
from finish.model import Analyser, Ask, ClipProgramme, Delivery, Note, Source, VideoTrack
from finish.model.colour_codes import ColourOverrides
from finish.model.picture_input import conformed
from finish.model.pulldown import film_notes, restored_film, restored_track
from finish.stages.conform import conform_sound, loss_notes, messages
from finish.stages.conform.conform_settings import ConformSettings
from finish.stages.conform.notices import dropped_extras
from finish.stages.conform.track_lengths import Lengths, length_notes


def questions(settings: ConformSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (a stage's protocol)
    """None: the container has all facts."""
    return ()


def plan(
    settings: ConformSettings,
    programme: ClipProgramme,
    delivery: Delivery,  # noqa: ARG001 (the protocol of a stage)
    ask: Ask,
) -> ClipProgramme:
    """The programme upright, in square pixels, with known colour, starting at 0.

    MediaError without a picture, SpecError if the settings name a track that the clip doesn't have.
    """
    source = _with_picture(settings, programme.source)
    assert source.video is not None
    chosen = conform_sound.chosen(settings.track, source, ask)
    tracks = [source.audio[number] for number in chosen.tracks]
    odd = [messages.odd_file(warning) for warning in source.warnings]
    used = (source.video.index, *(track.index for track in tracks))
    damage = loss_notes.damage_notes(source, used, accept=settings.damaged == "accept")
    reading = ColourOverrides(
        settings.matrix, settings.range, settings.background, settings.colour, settings.fields
    )
    with _clip_named(source):
        video = restored_track(source, settings.fields)
        lengths = Lengths.of(video, tracks)
        picture, notes = conformed(reading, video, _frames(source, video, lengths.start))
    film = film_notes(source, video, settings.fields)
    source = replace(source, start=lengths.start, video=reading.of(video))
    frames = max(1, round((lengths.end - lengths.start) * video.rate))
    span = (lengths.start, lengths.start + frames / video.rate)
    audible = conform_sound.conformed(source, chosen, settings.channels, span, ask)
    assert picture.size is not None
    upright = replace(
        programme,
        source=source,
        conformed=picture,
        picture=picture,
        sound=audible.sound,
        content_sound=audible.sound if chosen.tracks else None,
        frame=picture.size,
        rate=video.rate,
        frames=frames,
        still=lengths.still,
    )
    return upright.add_notes(
        *damage,
        *odd,
        *length_notes(lengths, video, tracks),
        *_unused_pictures(settings, source),
        *notes,
        *film,
        *audible.notes,
        *dropped_extras(source.extras),
    )


def _frames(source: Source, video: VideoTrack, start: Fraction) -> Stream:
    """The picture with `start` as 0: the frames of the restored film if `video` is that, else the clip's."""
    picture = source.picture.since(start)
    if source.video is None or video is source.video:
        return picture
    return restored_film(source.video, video, picture, video.start - start)


def _with_picture(settings: ConformSettings, source: Source) -> Source:
    """The source with the picture that the settings name in use."""
    if source.video is None:
        raise messages.no_picture(source.path.name)
    if settings.picture >= len(source.pictures):
        pictures = ", ".join(f"{number} ({picture.size})" for number, picture in enumerate(source.pictures))
        raise messages.no_such_picture(source.path.name, settings.picture, pictures)
    return source.showing(settings.picture)


def _unused_pictures(settings: ConformSettings, source: Source) -> tuple[Note, ...]:
    """A note if the clip has several pictures."""
    count = len(source.pictures)
    return (messages.several_pictures(settings.picture, count),) if count > 1 else ()


@contextmanager
def _clip_named(source: Source) -> Iterator[None]:
    """Add the clip's name to its errors."""
    try:
        yield
    except FinishError as error:
        raise error.about(source.path.name) from error
