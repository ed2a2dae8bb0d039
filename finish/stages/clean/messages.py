"""Messages of the clean stage: one function per note code."""

from __future__ import annotations

from finish.analysis.noise_floor import NoiseFacts
from finish.model import Note, act, detail, know


def nothing_to_clean() -> Note:
    """A clip without sound."""
    return know("nothing-to-clean", "clean: no sound to clean")


def cleaned(before: NoiseFacts, after: NoiseFacts, deessed: bool) -> Note:
    """The measures before and after cleaning."""
    changes = [f"noise floor {before.floor:.1f} → {after.floor:.1f} dBFS"]
    if before.above is not None and after.above is not None:
        changes.append(f"speech above it {before.above:.1f} → {after.above:.1f} dB")
    if deessed:
        changes.append(f"sibilants {before.sibilance:.1f} → {after.sibilance:.1f} dBFS")
    return detail("cleaned", "clean: " + ", ".join(changes))


def cleaned_worse(loss: float, compressed: bool) -> Note:
    """`loss` in dB."""
    remedy = "lower the ratio of compress" if compressed else "set lower amounts"
    text = f"clean: result is worse: speech is {loss:.1f} dB less above the noise than before — {remedy}"
    return act("cleaned-worse", text)


def dc_offset(offset: float) -> Note:
    """`offset` as a share of full scale."""
    fault = f"a DC offset of {offset:.2f} of full scale takes headroom"
    return act("dc-offset", f"clean: {fault} — set clean: {{highpass: 40}} to remove it")


def silent_side(side: str) -> str:
    """One channel is silent."""
    return f"the {side} side is silent"


def inverted_side() -> str:
    """One channel is the other one inverted."""
    return "one side is inverted: almost nothing is left in mono"


def channel_fault(fault: str, mended: bool) -> Note:
    """A fault of the channels, and whether it is repaired."""
    if mended:
        return know("channel-fault", f"clean: {fault}: repaired")
    return act("channel-fault", f"clean: {fault} — set clean: {{channels: mend}} to repair it")
