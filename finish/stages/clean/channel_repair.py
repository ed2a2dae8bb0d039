"""Channel faults that a meter shows: a silent side, an inverted side."""

from __future__ import annotations

from typing import Final

from finish.analysis.loudness import Loudness
from finish.graph import Stream
from finish.model import Ask, Measure, Note
from finish.stages.clean import messages

# House. A side 40 dB down is the crosstalk of a dead one; music and dialogue correlate by more than −0.9 (an
# inverted side: −1).
DEAD: Final = 40.0  # dB
INVERTED: Final = -0.9  # correlation


def offset(sound: Stream, ask: Ask) -> tuple[Note, ...]:
    """A note about a DC offset, and the setting that removes it."""
    facts = ask(Measure(Loudness(), sound))
    if not facts.shifted:
        return ()
    return (messages.dc_offset(facts.offset),)


def repaired(sound: Stream, ask: Ask, repair: bool) -> tuple[Stream, tuple[Note, ...]]:
    """The stereo sound, repaired where that is set, and notes about its faults."""
    facts = ask(Measure(Loudness(), sound))
    if facts.balance is None or facts.correlation is None:
        return sound, ()
    if abs(facts.balance) >= DEAD:
        live, dead = ("c0", "right") if facts.balance > 0 else ("c1", "left")
        fault, args = messages.silent_side(dead), f"stereo|c0={live}|c1={live}"
    elif facts.correlation <= INVERTED:
        fault, args = messages.inverted_side(), "stereo|c0=c0|c1=-1*c1"
    else:
        return sound, ()
    note = messages.channel_fault(fault, mended=repair)
    return sound.filter("pan", args=args) if repair else sound, (note,)
