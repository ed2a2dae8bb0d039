"""What is written into a delivered file about its origin: a digital source type, and a signed claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from finish.model.spec_documents import Document
from finish.units import digest


@dataclass(frozen=True)
class ClaimIngredient:
    """A media file that a delivery is made of: its path, the digest of its bytes, and its part: "parentOf"
    (the delivery is a version of it) or "componentOf"."""

    path: Path
    content: str
    relationship: str


@dataclass(frozen=True)
class ClaimAction:
    """One action of a claim: C2PA's code without `c2pa.`, and a description for people."""

    code: str
    description: str = ""


@dataclass(frozen=True)
class Claim:
    """What a signature states about a delivery: its ingredients and actions, in order.

    `chain` is the certificate (PEM) of the signer, with those that lead to its root.
    """

    chain: Document = field(repr=False)
    ingredients: tuple[ClaimIngredient, ...] = ()
    actions: tuple[ClaimAction, ...] = ()


@dataclass(frozen=True)
class Marking:
    """The digital source type that a delivered file states ("" for none), and the claim that is signed."""

    source_type: str = ""
    claim: Claim | None = None

    @property
    def key(self) -> str:
        """The digest of everything that the marking states."""
        claim = self.claim
        if claim is None:
            return digest("marking", self.source_type)
        ingredients = (f"{one.relationship} {one.path.name} {one.content}" for one in claim.ingredients)
        actions = (f"{one.code} {one.description}" for one in claim.actions)
        return digest("marking", self.source_type, claim.chain.digest, *ingredients, "actions", *actions)
