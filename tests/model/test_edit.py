"""A timeline with only some of its segments: what they have with the ones beside them goes away."""

from __future__ import annotations

from pathlib import Path

from finish.model import ClipMaterial, Edit, EditSegment, EditTime, EditTransition, Place, SoundEdges

FRAMES = EditTime(frames=8)


def segment(name: str, sound: SoundEdges | None = None, place: Place | None = None) -> EditSegment:
    transition = None if place else EditTransition("dissolve", FRAMES)
    edges = sound or SoundEdges()
    return EditSegment(name, 1, ClipMaterial(Path(f"{name}.mp4")), "", transition, edges, place)


BOTH = SoundEdges(FRAMES, FRAMES, -3.0)
FILM = Edit(
    "film",
    (segment("a"), segment("b", BOTH), segment("c", BOTH), segment("d")),
    (segment("with-b", place=Place(after=("b", FRAMES))), segment("at-1", place=Place(FRAMES))),
)


def test_all_segments_are_the_same_edit() -> None:
    assert FILM.only(("a", "b", "c", "d")) == FILM


def test_a_first_segment_has_no_transition_and_no_lead_and_a_last_one_no_lag() -> None:
    """There is no segment that they could be over."""
    (only,) = FILM.only(("b",)).segments
    assert (only.transition, only.sound) == (None, SoundEdges(gain=-3.0))
    first, last = FILM.only(("b", "c")).segments
    assert (first.transition, first.sound) == (None, SoundEdges(lag=FRAMES, gain=-3.0))
    assert (last.transition, last.sound) == (FILM.segments[2].transition, SoundEdges(lead=FRAMES, gain=-3.0))


def test_what_is_placed_by_a_segment_goes_with_it() -> None:
    assert [one.name for one in FILM.only(("a", "c")).over] == ["at-1"]
    assert [one.name for one in FILM.only(("b",)).over] == ["with-b", "at-1"]


def test_an_edge_at_an_end_of_the_whole_timeline_stays_a_mistake() -> None:
    """It's stated there, and never has an effect."""
    edit = Edit("film", (segment("a", BOTH), segment("b", BOTH)))
    assert edit.only(("a", "b")) == edit
