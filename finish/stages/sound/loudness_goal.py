"""What a target asks of this very sound: its programme loudness, the loudness of its speech, or its place in an album."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from finish.analysis.loudness import Loudness
from finish.graph import Stream
from finish.model import Ask, Measure, Note, Promise, Tolerance, detail, know
from finish.stages.sound.dialogue_level import LEAST, Dialogue
from finish.stages.sound.loudness_targets import LoudnessStandard

_HINT = "lower the target, or sound: {accept: achievable}"


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

    def promise(self, lufs: float) -> Promise:
        """What is true of the delivered file whose integrated loudness is to be `lufs`."""
        if self.album:
            return _loudness(self.aim, lufs, "loudness in its album")
        if self.aim.gate == "dialogue":
            return _dialogue(self.aim, lufs + self.offset)
        return _loudness(self.aim, lufs, "loudness")


def standing_promise(aim: LoudnessStandard, *, exact: bool) -> Promise:
    """What is true of any file at a target; where that need not be exact, that it is no louder."""
    promise = _dialogue(aim, aim.lufs) if aim.gate == "dialogue" else _loudness(aim, aim.lufs, "loudness")
    return promise if exact else replace(promise, accept=replace(promise.accept, low=None))


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


def _loudness(aim: LoudnessStandard, lufs: float, what: str) -> Promise:
    accept = Tolerance(round(lufs - aim.tolerance, 2), round(lufs + aim.tolerance, 2))
    return Promise(
        what, "integrated", accept, "LUFS", aim.source, hint=_HINT, part="sound", analyser=Loudness()
    )


def _dialogue(aim: LoudnessStandard, lufs: float) -> Promise:
    accept = Tolerance(round(lufs - aim.tolerance, 2), round(lufs + aim.tolerance, 2))
    return Promise(
        "dialogue loudness (estimate)",
        "anchor",
        accept,
        "LUFS",
        aim.source,
        hint=_HINT,
        part="sound",
        analyser=Dialogue(),
    )
