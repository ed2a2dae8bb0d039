"""Plans the claim that is signed: the clips as ingredients, and what was done with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from finish.model import Analyser, Ask, Delivery, Programme, Promise, Tolerance, file_facts
from finish.model.marking import Claim, ClaimIngredient, Marking
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
    """The media files of a programme: one clip is its parent, several are components."""
    sources = programme.sources
    relationship = "parentOf" if len(sources) == 1 else "componentOf"
    return tuple(ClaimIngredient(source.path, source.digest, relationship) for source in sources)
