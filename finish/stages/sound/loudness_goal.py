"""What a target asks of this very sound: its programme loudness, the loudness of its speech, or its place in an album."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from finish.analysis.loudness import Loudness
from finish.checks.dialogue_level import LEAST, Dialogue
from finish.checks.loudness_check import loudness, programme_loudness
from finish.checks.loudness_targets import LoudnessStandard
from finish.graph import Stream
from finish.model import Ask, Measure, Note, Promise, detail, know


@dataclass(frozen=True)
class LoudnessTarget:
    """`aim` is what this sound's integrated loudness is to be; `offset` how far the promised fact lies from it (LU)."""

    aim: LoudnessStandard
    offset: float = 0.0
    album: bool = False
    notes: tuple[Note, ...] = ()

    @classmethod
    def of(
        cls, aim: LoudnessStandard, album: Sequence[Stream], integrated: float, sound: Stream, ask: Ask
    ) -> LoudnessTarget:
        """For a sound of so many LUFS. Of dialogue, its own anchor counts; of an album, that of all its sounds one after the other."""
        whole = (
            album[0].filter("concat", *album[1:], v=0, a=1, n=len(album))
            if len(album) > 1
            else (*album, sound)[0]
        )
        stands, said = _stands(aim, whole, ask)
        if stands is None:  # an album of silence
            return cls(aim)
        if not album:
            return cls(replace(aim, lufs=aim.lufs + integrated - stands), stands - integrated, notes=said)
        gain = round(aim.lufs - stands, 2)
        told = f"sound: album of {len(album)} clips at {stands:.1f} LUFS: {gain:+.1f} dB for each of them"
        return cls(
            replace(aim, lufs=round(integrated + gain, 2)), album=True, notes=(*said, detail("album", told))
        )

    def promise(self, lufs: float) -> Promise[Any]:
        """What is true of the delivered file whose integrated loudness is to be `lufs`."""
        if self.album:
            return programme_loudness(self.aim, lufs, "loudness in its album")
        return loudness(self.aim, lufs + self.offset if self.aim.gate == "dialogue" else lufs)


def _stands(aim: LoudnessStandard, sound: Stream, ask: Ask) -> tuple[float | None, tuple[Note, ...]]:
    """The loudness of a sound that the target speaks of; what is to be said of it."""
    if aim.gate == "programme":
        return ask(Measure(Loudness(), sound)).integrated, ()
    found = ask(Measure(Dialogue(), sound))
    if found.dialogue is None or found.share < LEAST:
        text = f"sound: speech is {found.share:.0%} of it, so the whole programme counts, 3 LU louder"
        return found.anchor, (know("little-dialogue", text),)
    text = f"sound: dialogue has {found.dialogue:.1f} LUFS (estimated; {found.share:.0%} of it is speech)"
    return found.anchor, (detail("dialogue", text),)
