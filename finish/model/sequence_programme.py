"""A programme of several clips: each planned by itself, and placed on one grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from typing import Any, Final, TypeVar, cast

from finish.graph import PictureLayout, SoundLayout, Stream, picture_sequence, sound_sequence
from finish.model.carried_facts import CarriedFacts, When
from finish.model.clip_programme import ClipProgramme, PlacedClip
from finish.model.framing import FramePane, Framing
from finish.model.media import Source
from finish.model.notes import Note
from finish.model.programme import C, Programme
from finish.model.programme_records import Decision
from finish.model.questions import Analyser, Ask
from finish.model.sound_input import silence, silent_after
from finish.model.stored_text import stored_text
from finish.units import Box, Size, Span, scaled

T = TypeVar("T")
# House: a note names so many clips; of more, it names the first ones.
_MOST_NAMES: Final = 4
_FIRST_NAMES: Final = 2
# The picture that crops of clips of any size are stated in, fine enough for any frame.
_VIRTUAL: Final = Size(100_000, 100_000)


@dataclass(frozen=True)
class PictureRun:
    """While the programme shows the picture of one clip: its number among the clips, and the time."""

    index: int
    span: Span


@dataclass(frozen=True)
class SoundTrack:
    """Sounds of clips: one place of the `layout` for each number in `audible`."""

    layout: SoundLayout
    audible: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SequenceProgramme(Programme):
    """A programme of several clips.

    - `name` is the timeline's.
    - `placed` are its clips: the main track in order, then those over it. `owned` is when each clip of the
      main track is its own, without its share of transitions, whatever covers it.
    - `runs` are the clips whose picture the programme shows, in order.
    - `sounds` are added: the sound of the main track, then the sounds over it.
    """

    name: str
    placed: tuple[PlacedClip, ...]
    owned: tuple[Span, ...]
    runs: tuple[PictureRun, ...]
    sounds: tuple[SoundTrack, ...]
    transitions: tuple[Span, ...] = ()
    end: Fraction = Fraction(0)

    @property
    def parts(self) -> tuple[PlacedClip, ...]:
        return self.placed

    @property
    def title(self) -> str:
        return self.name

    def name_at(self, time: Fraction) -> str:
        """The names of the segments that it shows at a time: that of the main track, and those over it.

        "" after the last one.
        """
        count = len(self.owned)
        main = [
            part.name
            for part, own in zip(self.placed, self.owned, strict=False)
            if own.start <= time < own.end
        ]
        over = [
            part.name
            for part in self.placed[count:]
            if any(span.start <= time < span.end for span in part.spans)
        ]
        return " + ".join(dict.fromkeys((*main, *over)))

    @property
    def sources(self) -> tuple[Source, ...]:
        media = (part.clip.source for part in self.placed if part.clip.source.demuxer != "drawn")
        return tuple({source.digest: source for source in media}.values()) or (self.placed[0].clip.source,)

    def content(self, analyser: Analyser[C], ask: Ask) -> C:
        facts = [
            cast(CarriedFacts, part.clip.content(analyser, ask)).carried(_within(part, run.span))
            for run in self.runs
            if (part := self.placed[run.index]).clip.source.demuxer != "drawn"
        ]
        if not facts:
            return analyser.begin().result()
        kind: Any = type(facts[0])
        return cast(C, kind.joined(facts, self.joints))

    @property
    def content_keys(self) -> tuple[str, ...]:
        return tuple(
            text
            for part in self.placed
            for text in (*part.clip.content_keys, stored_text(part.start), stored_text(part.spans))
        )

    @property
    def content_end(self) -> Fraction:
        return self.end

    @property
    def edges(self) -> tuple[Fraction, ...]:
        """A clip that begins with a transition has its edge at the end of it."""
        return tuple(self._open(joint) for joint in self.joints)

    @property
    def joints(self) -> tuple[Fraction, ...]:
        """The times (s) at which one clip's picture follows another's."""
        return tuple(run.span.start for run in self.runs[1:])

    def _open(self, time: Fraction) -> Fraction:
        return next((span.end for span in self.transitions if span.start < time < span.end), time)

    @property
    def closed(self) -> tuple[Span, ...]:
        return self.transitions

    def with_changed_clips(self, change: Callable[[ClipProgramme], ClipProgramme]) -> SequenceProgramme:
        changed = tuple(replace(part, clip=change(part.clip)) for part in self.placed)
        pairs = list(zip(self.placed, changed, strict=True))
        notes = [new.clip.notes[len(old.clip.notes) :] for old, new in pairs]
        decisions = [new.clip.decisions[len(old.clip.decisions) :] for old, new in pairs]
        return (
            replace(self, placed=changed)
            .with_clip_sounds()
            .add_notes(*joined_notes(changed, notes))
            .add_decisions(*joined_decisions(changed, decisions))
        )

    def with_clip_sounds(self) -> SequenceProgramme:
        """A copy whose sound is that of its clips, each at its places, and silence after the content."""
        tracks = [track for track in self.sounds if track.audible]
        if not tracks:
            return replace(self, sound=silence(self.duration), content_sound=None)
        sounds = [
            sound_sequence([self.placed[index].clip.sound for index in track.audible], track.layout)
            for track in tracks
        ]
        added = _added(sounds)
        longer = self.duration > self.content_end
        sound = silent_after(added, self.content_end, self.duration) if longer else added
        return replace(self, sound=sound, content_sound=sounds[0])


def _added(sounds: Sequence[Stream]) -> Stream:
    """Sounds of one length, added sample by sample."""
    first, *others = sounds
    return first.filter("amix", *others, inputs=len(sounds), normalize=0) if others else first


def sequence_framing(
    placed: Sequence[PlacedClip], pictures: Sequence[PictureRun], rate: Fraction
) -> Framing | None:
    """How the clips' pictures fill the frame, from each clip's first frame on."""
    runs: list[tuple[int, tuple[FramePane, ...]]] = []
    for run in pictures:
        part, own = placed[run.index], run.span
        framing = part.clip.framing
        if framing is None:
            return None
        first, begin = round(own.start * rate), round(part.start * rate)
        panes = framing.panes(first - begin)
        later = [one for one in framing.runs if first < one[0] + begin < round(own.end * rate)]
        runs.append((first, _virtual(framing, panes)))
        runs += [(frame + begin, _virtual(framing, inner)) for frame, inner in later]
    return Framing(_VIRTUAL, tuple(runs)) if runs else None


def _virtual(framing: Framing, panes: tuple[FramePane, ...]) -> tuple[FramePane, ...]:
    return tuple(FramePane(_scaled(pane.crop_box, framing.picture), pane.target) for pane in panes)


def _scaled(box: Box, picture: Size) -> Box:
    return scaled(box, picture, _VIRTUAL)


def _within(part: PlacedClip, own: Span) -> When:
    """The programme time of a clip's moments while the programme shows it."""

    def when(moment: Fraction) -> Fraction | None:
        time = part.when(moment)
        return time if time is not None and own.start <= time < own.end else None

    return when


def joined_notes(placed: Sequence[PlacedClip], notes: Sequence[Sequence[Note]]) -> Iterator[Note]:
    """The notes of clips, each once: with the names of its clips, unless it's about all of them.

    What is drawn isn't a clip.
    """
    every = {part.name for part in placed if part.clip.source.demuxer != "drawn"}
    names: dict[Note, list[str]] = {}
    for part, own in zip(placed, notes, strict=True):
        for note in own:
            names.setdefault(note, []).append(part.name)
    for note, clips in names.items():
        about = tuple(dict.fromkeys(clips))
        everywhere = len(every) > 1 and every <= set(about)
        yield note if everywhere else Note(f"{_listed(about)}: {note}", note.code, note.level)


def _listed(names: Sequence[str]) -> str:
    """The names, or the first ones and how many more there are."""
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:_FIRST_NAMES])} and {len(names) - _FIRST_NAMES} more"


def joined_decisions(
    placed: Sequence[PlacedClip], decisions: Sequence[Sequence[Decision]]
) -> Iterator[Decision]:
    """The decisions of clips, with the names of their segments."""
    for part, own in zip(placed, decisions, strict=True):
        yield from (replace(decision, segment=part.name) for decision in own)


def joined_picture(placed: Sequence[PlacedClip], indices: Sequence[int], layout: PictureLayout) -> Stream:
    """The pictures of the clips, each at its places.

    Cut and uncut clips state rates such as 24000/1001 in two ways, and transitions state none. All pieces of
    a picture must state the same.
    """
    joined = picture_sequence([placed[index].clip.picture for index in indices], layout)
    return joined.filter("fps", fps=layout.rate)


def all_of(values: Sequence[Sequence[T]]) -> tuple[T, ...]:
    """The values of all clips, each once, in order."""
    return tuple(dict.fromkeys(chain.from_iterable(values)))
