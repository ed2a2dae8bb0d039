"""Notes about how a clip's picture and sound are read: one function per code."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from finish.model.notes import Note, act, detail, know
from finish.units import Size, clock, number

LISTED = 4  # places that a note lists


def rate_lowered(length: str, limit: str, ceiling: int) -> Note:
    """`ceiling` in kbit/s."""
    return know("rate-lowered", f"{length} must fit in {limit}: max_rate lowered to {ceiling} kbit/s")


# ---------------------------------------------------------------- picture


def colour_matrix_guessed(code: str, lines: int, matrix: str) -> Note:
    """`code` says why it is guessed: "odd-matrix" or "no-colour-tags"."""
    reason = (
        "the matrix tag says RGB, but the picture isn't RGB" if code == "odd-matrix" else "no colour tags"
    )
    text = (
        f"{reason}: a picture of {lines} lines is read as {matrix} — set conform: {{matrix: …}} to override"
    )
    return know(code, text)


_FIELDS = "set conform: {fields: …} to override"


def interlaced_flag() -> Note:
    return know("interlaced-flag", f"flagged as interlaced, but progressive: left unchanged — {_FIELDS}")


def interlaced_unflagged(order: str) -> Note:
    text = f"interlaced, {order}, but not flagged as interlaced: deinterlaced by bwdif — {_FIELDS}"
    return know("interlaced", text)


def interlaced(partly: bool) -> Note:
    if partly:
        return know("interlaced", "partly interlaced: the interlaced frames are deinterlaced by bwdif")
    return know("interlaced", "interlaced: deinterlaced by bwdif, one frame per frame")


def telecine(film: Fraction, rate: Fraction, repeats: int, obstacle: str) -> Note:
    """Film that isn't restored; `obstacle` says why."""
    text = f"{_pulldown(film, rate)}: one frame in {repeats} repeats, and motion stutters, because {obstacle}"
    return act("telecine", f"{text} — export the clip at {float(film):.3f} fps")


def telecine_undone(film: Fraction, rate: Fraction) -> Note:
    return know("telecine", f"{_pulldown(film, rate)}: the film's frames are restored — {_FIELDS}")


def _pulldown(film: Fraction, rate: Fraction) -> str:
    return f"film of {float(film):.3f} fps in video of {float(rate):.2f} fps (3:2 pulldown)"


def repeats(count: int, rate: float) -> Note:
    text = f"one frame in {count} repeats the one before: {rate:.3g} fps would show the same frames evenly"
    return know("repeats", text)


def variable_rate(rate: Fraction) -> Note:
    return know("variable-rate", f"variable frame rate: made constant at {float(rate):.3f} fps")


def odd_rotation(degrees: int) -> Note:
    return act("odd-rotation", f"rotated by {degrees}°, not a multiple of 90°: corners are cut off")


def transparent(background: str) -> Note:
    text = f"transparent: shown on {background} — set conform: {{background: '#RRGGBB'}} for another colour"
    return know("transparent", text)


def alpha() -> Note:
    return know("alpha", "alpha channel: not delivered; transparent areas show the colours stored in them")


def hdr(transfer: str, white: int, peak: Fraction) -> Note:
    """`white` and `peak` in cd/m²."""
    rolled = f"highlights up to {number(peak)} cd/m² rolled off by the Mobius curve"
    return know("hdr", f"HDR ({transfer}) converted to SDR: white at {white} cd/m² (BT.2408), {rolled}")


def primaries(name: str) -> Note:
    return detail("primaries", f"{name} colours converted to BT.709")


def camera() -> Note:
    return know("camera", "the clip is tagged V-Log and looks flat — set colour: {camera: …} to convert it")


def transfer(name: str) -> Note:
    return know("transfer", f"{name} light converted to BT.709")


def odd_size(size: Size) -> Note:
    return detail("odd-size", f"odd size {size}: the last row or column is cut off")


def pixel_aspect(aspect: Fraction, size: Size, square: Size) -> Note:
    return detail("pixel-aspect", f"pixels of {aspect} made square: {size} → {square}")


def size_changes(changes: Sequence[tuple[Fraction, Size, Size]], size: Size, bars: bool) -> Note:
    """Each change as its time (s) and the sizes before and after; all of the picture is shown in `size`."""
    listed = ", ".join(
        f"at {clock(time)} from {before} to {after}" for time, before, after in changes[:LISTED]
    )
    more = f" and {len(changes) - LISTED} more times" if len(changes) > LISTED else ""
    text = f"the picture's size changes {listed}{more}: the whole picture is shown in {size}"
    return act("size-changes", f"{text} with black bars") if bars else know("size-changes", text)


def format_changes(time: Fraction, pix_fmt: str) -> Note:
    text = f"the picture's pixel format changes at {clock(time)}"
    return know("format-changes", f"{text}: all of it is read as {pix_fmt}, the most frequent")


# ---------------------------------------------------------------- sound


def several_tracks(taken: str, others: str) -> Note:
    return know("several-tracks", f"sound track {taken} is delivered, not {others}")


def paired_tracks(left: int, right: int) -> Note:
    text = f"mono sound tracks {left} and {right} are delivered as left and right"
    return know("paired-tracks", f"{text} — set conform: {{track: {left}}} to take one")


def silent_track(taken: str, silent: str) -> Note:
    return know("silent-track", f"sound track {taken} is delivered: {silent} is silent")


def tracks_left_out(taken: str, others: str, urgent: bool) -> Note:
    text = f"sound track {taken} is delivered; not delivered: {others} — set conform: {{track: …}} to choose"
    return (act if urgent else know)("tracks-left-out", text)


def sound_too_late(track: str) -> Note:
    text = f"sound track {track} begins after the picture's end: silence is delivered"
    return act("sound-too-late", text)


def sound_changes(changes: str) -> Note:
    return know("sound-changes", f"{changes}; delivered as stereo throughout")


def sound_clock(share: float, seconds: Fraction, total: Fraction, urgent: bool) -> Note:
    """`share`: how much slower the samples are than their timestamps, `seconds` in `total` seconds."""
    speed = f"{abs(share):.2%} {'slower' if share > 0 else 'faster'} than its timestamps"
    text = f"the sound is {speed} ({float(seconds) * 1000:.0f} ms in {float(total):.0f} s): resampled to them"
    return (act if urgent else know)("sound-clock", text)


def sound_gaps() -> Note:
    text = "the sound has too many gaps, or too unsteady a clock, to correct"
    return act("sound-gaps", f"{text}: it follows its timestamps in steps")


def sound_gap(seconds: Fraction, times: Sequence[Fraction], urgent: bool) -> Note:
    text = f"{float(seconds):.2f} s of sound is missing at {_times(times)}: filled with silence"
    return (act if urgent else know)("sound-gap", text)


def sound_overlap(seconds: Fraction, times: Sequence[Fraction]) -> Note:
    text = f"{float(seconds):.2f} s of sound overlaps at {_times(times)}: dropped from the later part"
    return know("sound-overlap", text)


def _times(times: Sequence[Fraction], most: int = 3) -> str:
    more = f" and {len(times) - most} more" if len(times) > most else ""
    return ", ".join(map(clock, times[:most])) + more


def channels_as_sides(channels: str, count: int) -> Note:
    return know("channels-chosen", f"channels {channels} of {count} are delivered as left and right")


def channels_on_both(channels: str, count: int, several: bool) -> Note:
    chosen = f"channels {channels} of {count} are" if several else f"channel {channels} of {count} is"
    return know("channels-chosen", f"{chosen} delivered on both sides")


def downmix(layout: str) -> Note:
    return know("downmix", f"{layout} sound downmixed to stereo (BT.775: centre and surrounds −3 dB, no LFE)")


def ambisonic_downmix(layout: str) -> Note:
    return know("downmix", f"{layout} sound downmixed to stereo: two cardioids to the sides")


def lfe_alone(layout: str, channel: int) -> Note:
    text = f"{layout} sound: only channel {channel}, which the layout calls LFE, is audible"
    return act("lfe-alone", f"{text}: it is delivered on both sides")


def surround_guessed(count: int) -> Note:
    text = f"{count} channels without positions, read as surround and downmixed to stereo (BT.775)"
    return know("channels-guessed", f"{text} — set conform: {{channels: [1, 2]}} to choose")


def stereo_guessed(count: int, silent: bool) -> Note:
    others = "all are silent" if silent else "the others are silent"
    text = f"{count} channels without positions: 1 and 2 are delivered as left and right, {others}"
    return know("channels-guessed", text)


def both_sides_guessed(count: int, channels: str, several: bool) -> Note:
    verb = "are" if several else "is"
    text = f"{count} channels without positions: {channels} {verb} audible and delivered on both sides"
    note = act if several else know
    return note("channels-guessed", f"{text} — set conform: {{channels: …}} to choose")
