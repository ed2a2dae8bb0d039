"""Plans the claim that is signed: the clips as ingredients, and what was done with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from finish.graph import history
from finish.model import Analyser, Ask, Delivery, Programme, Promise, Tolerance, file_facts
from finish.model.marking import Claim, ClaimIngredient, Marking
from finish.model.programme_clips import media_of
from finish.stages.provenance import messages
from finish.stages.provenance.claim_actions import claim_actions
from finish.stages.provenance.provenance_settings import ProvenanceSettings

_STANDARD: Final = "C2PA 2.2"
_HINT: Final = "run `finish provenance check-certificate`"


def questions(_settings: ProvenanceSettings) -> tuple[Analyser[Any], ...]:
    """None: what a clip's credentials state is part of its facts."""
    return ()


def plan(settings: ProvenanceSettings, programme: Programme, _delivery: Delivery, _ask: Ask) -> Programme:
    """The programme with the claim that is signed, or with a note about the credentials that are lost."""
    chain = settings.certificate if settings.sign != "off" else None
    if chain is None:
        signed = [source.path.name for source in programme.sources if source.extras.provenance]
        return programme.add_notes(*([messages.lost(signed[0], len(signed) - 1)] if signed else []))
    claim = Claim(chain, ingredients(programme), claim_actions(programme))
    marking = replace(programme.marking or Marking(), claim=claim)
    promise = Promise(
        "content credentials",
        file_facts.credentials,
        Tolerance(exactly="valid"),
        source=_STANDARD,
        hint=_HINT,
    )
    note = messages.signed(chain.path.name, len(claim.ingredients))
    return replace(programme, marking=marking).add_promises(promise).add_notes(note)


def ingredients(programme: Programme) -> tuple[ClaimIngredient, ...]:
    """The media files that the graph reads: clips, music, and what is laid over them.

    A single clip is the parent, and everything else is a component.
    """
    clips = media_of(programme)
    files = {clip.digest: clip.path for clip in clips}
    for node in history((programme.picture, programme.sound)):
        if node.name == "source" and node.path:
            files.setdefault(str(node.arg("content")), Path(node.path))
    parent = clips[0].digest if len(clips) == 1 else ""
    return tuple(
        ClaimIngredient(path, content, "parentOf" if content == parent else "componentOf")
        for content, path in files.items()
    )
