"""Messages of the sound stage: one function per note code, and the errors."""

from __future__ import annotations

from finish.errors import PromiseError
from finish.model import Note, act, detail, know


def room_tone_only() -> Note:
    """Room tone keeps its level."""
    return detail("room-tone-only", "sound: room tone only: loudness not normalised")


def silent() -> Note:
    """Silence can't be normalised."""
    return know("silent", "sound: silent (nothing above -70 LUFS): loudness not normalised")


def limiter(ceiling: float, reduction: float, seconds: float, share: float) -> Note:
    """What the limiter does.

    `ceiling` is in dBTP, `reduction` the largest one in dB, `seconds` and `share` the time with a
    reduction.
    """
    active = f"{seconds * 1000:.0f} ms ({share:.1%} of the time)"
    text = f"gain reduction up to {reduction:.1f} dB, active for {active}"
    return detail("limiter", f"sound: limiter at {ceiling:g} dBTP: {text}")


def ungated(seconds: float) -> Note:
    """A sound that is too short for gating."""
    text = f"{seconds:.2f} s is shorter than one gating block (0.4 s): loudness is measured without gating"
    return detail("ungated", f"sound: {text}")


def loudness_out_of_reach(lufs: float, reasons: str) -> Note:
    """The loudness that is delivered instead of the target."""
    text = f"sound: delivered at {lufs:.1f} LUFS: {reasons} — set sound: {{lufs: …}} to lower the target"
    return act("loudness-out-of-reach", text)


def album(clips: int, lufs: float, gain: float) -> Note:
    """The one gain of an album."""
    return detail("album", f"sound: album of {clips} clips at {lufs:.1f} LUFS: {gain:+.1f} dB for each clip")


def little_dialogue(share: float) -> Note:
    """Too little speech for a target of dialogue."""
    text = f"sound: {share:.0%} speech is too little: the whole programme is measured, 3 LU louder"
    return know("little-dialogue", text)


def dialogue(lufs: float, share: float) -> Note:
    """The loudness of the dialogue."""
    return detail("dialogue", f"sound: dialogue at {lufs:.1f} LUFS (estimate; {share:.0%} speech)")


def after_encoding(lufs: float, target: float) -> str:
    """What limiting and encoding leave of a target."""
    return f"after limiting and encoding it has {lufs:.2f} instead of {target:.2f} LUFS"


def most_gain(gain: float) -> str:
    """The limit of gain."""
    return f"the gain is at most {gain:g} dB"


def most_limiting(peak: float, limiting: float, ceiling: float) -> str:
    """The limit of limiting."""
    return f"peaks of {peak:.1f} dBTP are driven at most {limiting:g} dB over {ceiling:g} dBTP"


def most_short_term(lufs: float, most: float) -> str:
    """The limit of short-term loudness."""
    return f"the loudest 3 s have {lufs:.1f} LUFS and may have at most {most:g}"


def unreachable(target: float, lufs: float, limit: float, reason: str) -> str:
    """A target that needs more gain than `limit` (dB), which the `reason` sets."""
    return (
        f"{target:g} LUFS is out of reach: {lufs:.1f} LUFS needs {target - lufs:+.1f} dB, but {reason}: "
        f"{lufs:.1f} {limit:+.1f} = {lufs + limit:.1f} LUFS"
    )


def offset_takes_headroom(reason: str, offset: float) -> PromiseError:
    """`offset` as a share of full scale."""
    fault = f"the DC offset of {offset:.2f} of full scale, which takes headroom"
    hint = f"set clean: {{highpass: 40}} to remove {fault}"
    return PromiseError(f"loudness: {reason}", hint)


def locked_gain(reason: str) -> PromiseError:
    """A gain in the lock file that misses the target."""
    return PromiseError(
        f"loudness: {reason}", "change the gain in the lock file, or run with --redecide sound"
    )


def target_out_of_reach(reason: str, lufs: float) -> PromiseError:
    """A target that must be met exactly and can't be."""
    hint = (
        f"set sound: {{accept: achievable}} (with --for: --loudness achievable) to deliver {lufs:.1f} LUFS, "
        "or lower the target"
    )
    return PromiseError(f"loudness: {reason}", hint)
