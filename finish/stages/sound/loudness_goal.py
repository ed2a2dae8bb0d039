"""The target of one sound: its programme loudness, the loudness of its speech, or its place in an album."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from finish.analysis.loudness import Loudness
from finish.checks.dialogue_level import LEAST, Dialogue
from finish.checks.loudness_check import loudness, programme_loudness
from finish.checks.loudness_targets import LoudnessStandard
from finish.graph import Stream
from finish.model import Ask, Measure, Note, Promise
from finish.stages.sound import messages


@dataclass(frozen=True)
class LoudnessTarget:
    """A standard with this sound's own target; `offset` (LU) leads from that to the promised loudness."""

    standard: LoudnessStandard
    offset: float = 0.0
    album: bool = False
    notes: tuple[Note, ...] = ()

    @classmethod
    def of(
        cls, standard: LoudnessStandard, album: Sequence[Stream], integrated: float, sound: Stream, ask: Ask
    ) -> LoudnessTarget:
        """The target of a sound of `integrated` LUFS.

        Dialogue is measured by its anchor, an album as all its sounds in a row.
        """
        whole = (
            album[0].filter("concat", *album[1:], v=0, a=1, n=len(album))
            if len(album) > 1
            else (*album, sound)[0]
        )
        measured, notes = _measured(standard, whole, ask)
        if measured is None:  # an album of silence
            return cls(standard)
        if not album:
            own = replace(standard, lufs=standard.lufs + integrated - measured)
            return cls(own, measured - integrated, notes=notes)
        gain = round(standard.lufs - measured, 2)
        note = messages.album(len(album), measured, gain)
        return cls(replace(standard, lufs=round(integrated + gain, 2)), album=True, notes=(*notes, note))

    def promise(self, lufs: float) -> Promise[Any]:
        """The promise for a delivered file with an integrated loudness of `lufs`."""
        if self.album:
            return programme_loudness(self.standard, lufs, "loudness in its album")
        return loudness(self.standard, lufs + self.offset if self.standard.gate == "dialogue" else lufs)


def _measured(standard: LoudnessStandard, sound: Stream, ask: Ask) -> tuple[float | None, tuple[Note, ...]]:
    """The loudness (LUFS) that the standard's gate measures, and notes about it."""
    if standard.gate == "programme":
        return ask(Measure(Loudness(), sound)).integrated, ()
    facts = ask(Measure(Dialogue(), sound))
    if facts.dialogue is None or facts.share < LEAST:
        return facts.anchor, (messages.little_dialogue(facts.share),)
    return facts.anchor, (messages.dialogue(facts.dialogue, facts.share),)
