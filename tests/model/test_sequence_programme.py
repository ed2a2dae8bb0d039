"""A programme of several clips: what it knows of them, and what it says about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
from timeline_plans import RATE, clip, film, frames, part

from finish.graph import SoundLayout, SoundPlace, Stream
from finish.model import ClipProgramme, Decision, Framing, Measure, PlacedClip, SequenceProgramme
from finish.model.carried_facts import When, carried
from finish.model.framing import FramePane
from finish.model.notes import know
from finish.model.sequence_programme import (
    PictureRun,
    SoundTrack,
    joined_decisions,
    joined_notes,
    sequence_framing,
)
from finish.units import Box, Size, Span


def programme(*, over: bool = False) -> SequenceProgramme:
    """The film of `timeline_plans` with the sounds of two of its clips."""
    planned = film(over=over).programme
    assert isinstance(planned, SequenceProgramme)
    layout = SoundLayout(278_400, (SoundPlace(0, 105_600), SoundPlace(220_800, 278_400)))
    return replace(planned, sounds=(SoundTrack(layout, (0, 3)),))


def names(sound: Stream) -> list[str]:
    """The filters of a sound, from its end back to its sources."""
    listed = []
    while sound.inputs:
        listed.append(sound.name)
        sound = sound.inputs[0]
    return listed


def test_its_sound_is_that_of_its_clips() -> None:
    made = programme().with_clip_sounds()
    assert names(made.sound) == ["sequence"]
    assert made.content_sound == made.sound


def test_changed_sounds_keep_the_silence_under_an_end_card() -> None:
    """Clips are cleaned after the picture has its end card."""
    made = replace(programme(), frames=145 + 50)
    changed = made.with_changed_clips(lambda one: one.with_sound(one.sound.filter("highpass", f=80)))
    assert names(changed.sound) == ["atrim", "apad", "afade", "sequence", "highpass"]
    assert changed.sound.fraction("end") == made.duration
    assert changed.content_sound is not None and names(changed.content_sound) == ["sequence", "highpass"]


def test_a_programme_without_audible_clips_is_silent_for_all_of_its_length() -> None:
    made = replace(film().programme, frames=145 + 50)
    assert isinstance(made, SequenceProgramme)
    silent = made.with_clip_sounds()
    assert silent.content_sound is None
    assert silent.sound.fraction("end") == Fraction(195, 25)


def test_notes_and_decisions_of_changed_clips_are_added_once() -> None:
    def change(one: ClipProgramme) -> ClipProgramme:
        return one.add_notes(know("cleaned", "cleaned")).add_decisions(
            Decision("clean", one.source.digest, {})
        )

    once = programme().with_changed_clips(change)
    twice = once.with_changed_clips(lambda one: one)
    assert [str(note) for note in once.notes] == ["cleaned"]
    assert [(one.segment, one.of) for one in once.decisions] == [
        ("beach", "beach.mp4"),
        ("walk", "walk.mp4"),
        ("Spring", "card"),
        ("again", "beach.mp4"),
    ]
    assert (twice.notes, twice.decisions) == (once.notes, once.decisions)


@dataclass(frozen=True)
class Look:
    time: Fraction
    name: str


@dataclass(frozen=True)
class Looks:
    """Facts of a clip: a look at every half a second."""

    looks: tuple[Look, ...] = ()
    edges: tuple[Fraction, ...] = ()

    def carried(self, when: When) -> Looks:
        return Looks(carried(self.looks, when))

    @classmethod
    def joined(cls, facts: list[Looks], edges: tuple[Fraction, ...]) -> Looks:
        return cls(tuple(look for one in facts for look in one.looks), edges)


def looks(question: Measure[Any]) -> Any:
    name = str(question.of.arg("content"))[:1]
    return Looks(tuple(Look(Fraction(n, 2), name) for n in range(40)))


looks.prepare = lambda _: None  # type: ignore[attr-defined]


def shown(made: SequenceProgramme) -> list[str]:
    facts: Looks = made.content(None, looks)  # type: ignore[arg-type, assignment]
    assert facts.edges == made.joints
    return [f"{look.name} {float(look.time):g}" for look in facts.looks]


def test_facts_of_clips_are_at_the_times_at_which_the_programme_shows_them() -> None:
    """From its joint on, a transition is the next clip's; nothing is known of a card."""
    beach, walk = "b 0, b 0.5, b 1, b 1.5", "w 2, w 2.25, w 2.5, w 2.75, w 3, w 3.25, w 3.5"
    assert ", ".join(shown(programme())) == f"{beach}, {walk}, b 4.6, b 5.1, b 5.6"


def test_facts_of_what_is_covered_are_left_out() -> None:
    times = [text for text in shown(programme(over=True)) if 2 <= float(text[2:]) < 4]
    assert times == ["w 2", "w 2.25", "h 2.5", "h 3", "w 3.25", "w 3.5"]


def test_the_names_at_a_time() -> None:
    made = programme(over=True)
    assert [made.name_at(Fraction(frame) / RATE) for frame in (0, 49, 50, 59, 60, 79, 80, 90, 144, 145)] == [
        "beach",
        "beach",
        "walk",
        "walk",
        "walk + hands",
        "walk + hands",
        "walk",
        "Spring",
        "again",
        "",
    ]


def test_media_is_listed_once_and_what_is_drawn_never() -> None:
    assert [one.digest for one in programme(over=True).sources] == ["beach.mp4", "walk.mp4", "hands.mp4"]


def test_edges_are_after_transitions() -> None:
    made = programme()
    assert [edge * RATE for edge in made.joints] == [50, 90, 115]
    assert [edge * RATE for edge in made.edges] == [55, 90, 115]


def pane(left: int) -> tuple[FramePane, ...]:
    return (FramePane(Box(left, 0, left + 405, 720), Box(0, 0, 1080, 1920)),)


def test_crops_are_carried_from_each_clip_s_first_visible_frame_on() -> None:
    """Crops that end before a clip is visible, or change after it, leave nothing."""
    picture = Size(1280, 720)
    one = replace(clip("a", None, 60), framing=Framing(picture, ((0, pane(0)), (30, pane(128)))))
    two = replace(
        clip("b", None, 60), framing=Framing(picture, ((0, pane(0)), (5, pane(256)), (20, pane(0))))
    )
    placed = (
        PlacedClip("one", one, Fraction(0), (frames(0, 55),)),
        PlacedClip("two", two, 45 / RATE, (frames(45, 100),)),
    )
    runs = (PictureRun(0, frames(0, 50)), PictureRun(1, frames(50, 100)))
    framing = sequence_framing(placed, runs, RATE)
    assert framing is not None
    assert [(frame, panes[0].crop_box.left) for frame, panes in framing.runs] == [
        (0, 0),
        (30, 10_000),
        (50, 20_000),
        (65, 0),
    ]
    plain = (replace(placed[0], clip=clip("a", None, 60)), placed[1])
    assert sequence_framing(plain, runs, RATE) is None


def note(text: str) -> Any:
    return know("code", text)


@pytest.mark.parametrize(
    ("notes", "texts"),
    [
        ([["x"], ["x"], [], ["x"]], ["x"]),
        ([["x"], [], [], []], ["beach: x"]),
        ([["x"], ["x", "y"], [], []], ["beach, walk: x", "walk: y"]),
        ([["x"], [], ["x"], []], ["beach, Spring: x"]),
        ([["x", "x"], [], [], []], ["beach: x"]),
    ],
)
def test_notes_name_their_segments_unless_they_are_of_all_clips(
    notes: list[list[str]], texts: list[str]
) -> None:
    joined = joined_notes(programme().placed, [[note(text) for text in own] for own in notes])
    assert [str(one) for one in joined] == texts


def test_a_note_about_many_segments_names_the_first_ones() -> None:
    placed = [PlacedClip(f"s{n}", clip(f"{n}", None, 5), Fraction(0), ()) for n in range(7)]
    (one,) = joined_notes(placed, [[note("x")] * (n < 6) for n in range(7)])
    assert str(one) == "s0, s1 and 4 more: x"


def test_decisions_are_of_their_segments() -> None:
    placed = programme().placed[:2]
    decided = [[Decision("reframe", "a", {})], [Decision("reframe", "b", {})]]
    assert [(one.segment, one.of) for one in joined_decisions(placed, decided)] == [
        ("beach", "a"),
        ("walk", "b"),
    ]


def test_times_of_a_placed_clip() -> None:
    """A span counts where it is heard or visible; a moment only where it's visible."""
    placed = PlacedClip("x", clip("a", part(frames(25, 80)), 55), frames(20, 20).start, (frames(30, 75),))
    assert placed.when(Fraction(1)) is None
    assert placed.when(Fraction(2)) == 45 / RATE
    assert placed.when(Fraction(4)) is None
    assert placed.where(45 / RATE) == 2
    assert placed.programme_span(Span(Fraction(0), Fraction(2))) == frames(20, 45)
    assert placed.programme_span(Span(Fraction(4), Fraction(5))) is None
