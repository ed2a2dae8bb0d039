"""Faults of channels that a meter shows: a side that is silent, a side that is inverted."""

from __future__ import annotations

from typing import Final

from finish.analysis.loudness import Loudness
from finish.graph import Stream
from finish.model import Ask, Measure, Note, act, know

# House. A side 40 dB down is crosstalk of a dead one; music and dialogue stay above −0.9 (an inverted side has −1).
DEAD: Final = 40.0  # dB
INVERTED: Final = -0.9  # correlation


def offset(sound: Stream, ask: Ask) -> tuple[Note, ...]:
    """A sound that does not swing around silence, and what removes that."""
    facts = ask(Measure(Loudness(), sound))
    if not facts.shifted:
        return ()
    text = f"clean: a DC offset of {facts.offset:.2f} of full scale takes the room that peaks need (clean: {{highpass: 40}} removes it)"
    return (act("dc-offset", text),)


def mended(sound: Stream, ask: Ask, mend: bool) -> tuple[Stream, tuple[Note, ...]]:
    """The stereo sound with its faults mended, if asked, and what is said of them."""
    facts = ask(Measure(Loudness(), sound))
    if facts.balance is None or facts.correlation is None:
        return sound, ()
    if abs(facts.balance) >= DEAD:
        live, dead = ("c0", "right") if facts.balance > 0 else ("c1", "left")
        fault, args = f"the {dead} side is silent", f"stereo|c0={live}|c1={live}"
    elif facts.correlation <= INVERTED:
        fault, args = (
            "one side is inverted: on one loudspeaker next to nothing is left",
            "stereo|c0=c0|c1=-1*c1",
        )
    else:
        return sound, ()
    if mend:
        return sound.filter("pan", args=args), (know("channel-fault", f"clean: {fault}: mended"),)
    return sound, (act("channel-fault", f"clean: {fault} (clean: {{channels: mend}})"),)
