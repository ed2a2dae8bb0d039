"""Messages of the mix stage: one function per note code, and the errors."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from finish.errors import MediaError, SpecError
from finish.model import BEHIND, Loss, Note, act, detail, know
from finish.units import Span, clock, number

LISTED = 4  # spans that a note lists
_ANOTHER_FILE = "export or copy it again, or name another file"


def mono_loss(loss: float) -> Note:
    """`loss` in dB."""
    text = (
        f"mix: the mono downmix loses {loss:.1f} dB — if a channel is inverted, set clean: {{channels: mend}}"
    )
    return act("mono-loss", text)


def silence() -> Note:
    """Silence, as the job requests it."""
    return know("silence", "mix: nothing is audible: silence is delivered, as requested")


def room_tone(lufs: float) -> Note:
    """Nothing is audible, so room tone is delivered."""
    text = (
        f"nothing is audible: room tone of {lufs:g} LUFS is delivered — set mix: {{room: none}} for silence"
    )
    return know("room-tone", f"mix: {text}")


def music_loops(file: str, period: Fraction, bars: bool) -> Note:
    """The music is shorter than the programme."""
    return detail(
        "music-loops", f"mix: {file} repeats every {float(period):.2f} s{' (whole bars)' if bars else ''}"
    )


def silent_effect(file: str) -> Note:
    """An effect that isn't audible."""
    return act("silent-effect", f"mix.effects: {file} is silent — name another file")


def track_cut(file: str, seconds: Fraction) -> Note:
    """A track is longer than the programme."""
    text = f"mix: {file} is cut at the end of the programme, {float(seconds):.1f} s before its own end"
    return know("track-cut", text)


def track_gain(file: str, gain: float, lufs: float) -> Note:
    """How a track is brought to its level."""
    return detail("track-gain", f"mix: {file} {gain:+.1f} dB, to {lufs:.1f} LUFS")


def ducked(track: str, depth: float, spans: Sequence[Span]) -> Note:
    """When a track is ducked."""
    listed = [f"{clock(span.start)}–{clock(span.end)}" for span in spans]
    more = f" and {len(listed) - LISTED} more" if len(listed) > LISTED else ""
    return detail("ducked", f"mix: {track} ducked by {depth:g} dB in {', '.join(listed[:LISTED])}{more}")


def speech_unclear(
    gaps: tuple[float, float], beat: tuple[float | None, float], tones: tuple[float, float]
) -> Note:
    """Each measure with its limit: gaps at least, beat and steady tones at most."""
    measured = f"gaps {gaps[0]:.2f} of at least {gaps[1]:g}"
    measured += "" if beat[0] is None else f", beat {beat[0]:.2f} of at most {beat[1]:g}"
    measured += f", steady tones {tones[0]:.2f} of at most {tones[1]:g}"
    text = f"mix: speech in the clip can't be told from music or noise ({measured}): nothing is ducked for it"
    return know("speech-unclear", text)


def file_damage(track: str, file: str, loss: Loss, since: Fraction) -> Note:
    """Possible damage of a file that is mixed in, under the code of its `loss`."""
    note = know if loss.code == BEHIND else act
    return note(loss.code, f"mix.{track}: {file}: {loss.described(since)}")


def file_note(file: str, note: Note) -> Note:
    """A note about how a file that is mixed in was read."""
    return type(note)(f"mix: {file}: {note}", note.code, note.level)


def begins_after_end(file: str, start: Fraction, end: Fraction) -> SpecError:
    """A track that begins after the end of the programme."""
    message = f"{file} would begin at {clock(start)}, but the programme ends at {clock(end)}"
    return SpecError(message, "let it begin earlier")


def silent_file(track: str, file: str) -> SpecError:
    """A track without any sound."""
    return SpecError(f"mix.{track}: {file} is silent", "name another file")


def gain_too_large(file: str, lufs: float, gain: float, anchor: float, level: float) -> SpecError:
    """`gain` (dB) would bring a file of `lufs` to `level` (LU) above the `anchor` (LUFS)."""
    message = f"{file} has {lufs:.1f} LUFS and would need {gain:+.1f} dB to reach {anchor:.1f} {level:+g} LU"
    return SpecError(message, "set another level")


def damaged_file(track: str, file: str, damage: str) -> MediaError:
    """A file that lacks data."""
    return MediaError(f"mix.{track}: {file} is damaged: {damage}", _ANOTHER_FILE)


def nothing_left(file: str, seconds: Fraction, begin: Fraction) -> SpecError:
    """Music that would begin after its own end."""
    message = f"{file} is {float(seconds):.2f} s long: nothing is left from {number(begin)} s on"
    return SpecError(message, "begin earlier")


def music_too_short(seconds: Fraction, bar: Fraction | None) -> SpecError:
    """Music that can't repeat."""
    reason = f"shorter than a bar of {float(bar):.2f} s" if bar else "too short to repeat"
    hint = "set mix: {music: {loop: false}}, or name a longer file"
    return SpecError(f"the music is {float(seconds):.2f} s long: {reason}", hint)
