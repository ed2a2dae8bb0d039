"""Messages of the pacing stage: one function per note code, and the errors."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from finish.errors import LimitError, SpecError
from finish.graph.timeline import SpeedSpan, ratio
from finish.model import Note, know
from finish.units import Span, clock

LISTED = 8  # parts that a note lists


def all_kept() -> Note:
    """Nothing is cut."""
    return know("cut", "pacing: the whole clip is kept")


def cut(parts: Sequence[Span], length: Fraction, duration: Fraction, sped: bool) -> Note:
    """The programme's `length`, made of the `parts` of a clip of `duration` (s)."""
    kept = f"made of {clock(duration)}" if sped else f"of {clock(duration)} kept"
    listed = ", ".join(f"{clock(part.start)}–{clock(part.end)}{_speed(part)}" for part in parts[:LISTED])
    more = f" and {len(parts) - LISTED} more" if len(parts) > LISTED else ""
    return know("cut", f"pacing: {clock(length)} {kept}: {listed}{more}")


def _speed(part: Span) -> str:
    return f" at {float(ratio(part)):.3g}×" if isinstance(part, SpeedSpan) else ""


def flash(count: int, shortest: Fraction) -> Note:
    """Parts that are too short to show."""
    text = f"pacing: dropped {_plural(count, 'part')} shorter than {float(shortest):g} s, which would flash"
    return know("flash", text)


def fillers(count: int) -> Note:
    """The text is part of what a decision about pauses is of: other words make it a new decision."""
    return know("fillers", f"pacing: {_plural(count, 'filler')} left out")


def no_pauses() -> Note:
    """A clip without sound."""
    return know("no-pauses", "pacing: no sound, so no pauses to shorten")


def pauses(count: int, seconds: float) -> Note:
    """The pauses that are shortened."""
    return know("pauses", f"pacing: {_plural(count, 'pause')} shortened by {seconds:.1f} s in total")


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def only_flashes(count: int, shortest: Fraction, duration: Fraction) -> SpecError:
    """Every part is too short to show."""
    message = f"pacing keeps only {_plural(count, 'part')} shorter than {float(shortest):g} s {_of(duration)}"
    return SpecError(message, "keep longer parts")


def nothing_kept(duration: Fraction) -> SpecError:
    """No part is left."""
    return SpecError(f"pacing keeps nothing {_of(duration)}", "state times of the clip")


def too_many_parts(count: int, most: int, duration: Fraction) -> LimitError:
    """More parts than can be joined."""
    message = f"pacing makes {count:,} parts {_of(duration)}; at most {most:,} can be joined"
    return LimitError(message, "cut less, or make several clips of it")


def length_out_of_reach(  # noqa: PLR0913 (the facts of one message)
    length: Fraction, target: Fraction, factor: Fraction, fastest: Fraction, *, exact: bool, pauses: bool
) -> LimitError:
    """A programme of `length` (s) that would have to be `factor` times as fast.

    `pauses`: they are as short as possible already.
    """
    shortened = " with its shortest pauses" if pauses else ""
    request = f"{'exactly' if exact else 'at most'} {clock(target)}"
    speeds = f"{float(1 / fastest):.2f} to {float(fastest):g}"
    message = (
        f"pacing.fit: the programme is {clock(length)} long{shortened}, and {request} is requested: "
        f"that needs {float(factor):.2f} times the speed, and {speeds} is possible"
    )
    return LimitError(message, "cut more of the clip, or request another length")


def _of(duration: Fraction) -> str:
    return f"of a clip of {clock(duration)}"


def no_sound_for_words() -> SpecError:
    """Words of a clip without sound."""
    hint = "name a transcript, or remove fillers and {text: …}"
    return SpecError("pacing.words: speech, but the clip has no sound", hint)


def transcript_not_utf8(path: str) -> SpecError:
    """A transcript in another encoding."""
    return SpecError("the transcript isn't UTF-8", "save it as UTF-8", where=path)


def transcript_without_times(path: str) -> SpecError:
    """A transcript that lacks times of words."""
    message = "the transcript doesn't give the times of all words"
    return SpecError(message, "transcribe with word times", where=path)


def words_not_found(key: str, text: str) -> SpecError:
    """Words that aren't spoken in the clip."""
    return SpecError(f"pacing.{key}: no such words: {text!r}", "write them as the transcript has them")
