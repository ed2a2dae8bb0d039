"""Joins the planned segments of a timeline to one programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from finish.graph import SoundLayout
from finish.model import ClipProgramme, Deliverable, PlacedClip, SequenceProgramme
from finish.model.sequence_programme import (
    SoundTrack,
    all_of,
    joined_decisions,
    joined_notes,
    joined_picture,
    sequence_framing,
)
from finish.planning.edit_layout import SegmentPlacement, samples
from finish.planning.edit_tracks import EditTracks
from finish.planning.inset_pictures import InsetPicture, with_insets
from finish.planning.over_track import over_sounds
from finish.planning.segment_timeline import audible_timeline
from finish.planning.visible_pictures import VisiblePictures
from finish.stages.composite.overlay_area import OverlayArea
from finish.units import Span


def joined_programme(
    tracks: EditTracks,
    planned: Sequence[ClipProgramme],
    placements: Sequence[SegmentPlacement],
    deliverable: Deliverable,
    rate: Fraction,
) -> SequenceProgramme:
    """One programme of the `planned` clips of all segments at `rate` (Hz), which clips don't have yet if only
    their sounds are planned; FinishError for pictures that can't be placed."""
    clips = _with_splits(tracks, planned)
    (count, last), full = tracks.over, len(tracks.main) + len(tracks.covering)
    main, length = placements[:count], placements[count - 1].end
    prerolls = [_preroll(clip) for clip in clips]
    visible = VisiblePictures.of(placements[:full], prerolls[:full], count, rate)
    placed = tuple(
        PlacedClip(
            one.segment.name,
            clip,
            (one.start - one.handles[0]) / rate,
            visible.spans(index) if index < full else (one.visible(rate),),
            one.segment.captions,
            audible_timeline(clip.timeline, *one.sound_beyond),
        )
        for index, (clip, one) in enumerate(zip(clips, placements, strict=True))
    )
    audible = tuple(n for n, place in enumerate(main) if place.extent.sounds)
    sounds = SoundLayout(samples(length, rate), tuple(placements[n].sound(rate) for n in audible))
    assert deliverable.edit is not None, "only a timeline is joined"
    programme = SequenceProgramme(
        picture=joined_picture(placed, visible.indices, visible.layout),
        sound=clips[0].sound,
        frame=clips[0].frame,
        rate=rate,
        frames=length,
        locked=deliverable.locked,
        framing=sequence_framing(placed, visible.runs, rate),
        promises=all_of([clip.promises for clip in clips]),
        name=deliverable.edit.name,
        placed=placed,
        owned=tuple(Span(place.start / rate, place.end / rate) for place in main),
        runs=visible.runs,
        sounds=(
            SoundTrack(sounds, audible),
            *over_sounds(placements[count:last], count, sounds.length, rate),
        ),
        transitions=visible.transitions,
        end=length / rate,
    )
    notes = joined_notes(placed, [clip.notes for clip in clips])
    decisions = joined_decisions(placed, [clip.decisions for clip in clips])
    programme = programme.with_clip_sounds().add_notes(*notes).add_decisions(*decisions)
    insets = [InsetPicture(clips[n].picture, placements[n], prerolls[n]) for n in range(full, last)]
    return with_insets(programme, insets, OverlayArea.of(deliverable.delivery, rate, length))


def _with_splits(tracks: EditTracks, planned: Sequence[ClipProgramme]) -> tuple[ClipProgramme, ...]:
    """The clips, in which the first cell of a split screen has the picture of all of its cells."""
    clips = list(planned)
    for split, numbers in zip(tracks.splits, tracks.cells, strict=True):
        cells = [planned[number] for number in numbers]
        first, preroll = cells[0], max(_preroll(cell) for cell in cells)
        picture = split.joined([cell.picture for cell in cells], first.frames, first.rate, preroll)
        clips[numbers[0]] = replace(first, picture=picture, frame=split.frame)
    return tuple(clips)


def _preroll(clip: ClipProgramme) -> Fraction:
    """How early a clip is opened (s); from its beginning if seeking in it isn't exact."""
    return clip.preroll if clip.source.indexed else Fraction(1_000_000)
