"""Signs a file with Content Credentials: a copy with its manifest, whose packets are unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from finish.deliver.certificate_check import algorithm, lacks, missing_package
from finish.errors import CapabilityError
from finish.media.provenance.c2pa_runner import answer, file_format, installed
from finish.media.provenance.caller_identity import SigningKey, caller_key
from finish.media.provenance.xmp_packet import IPTC_CODES
from finish.model import Deliverable
from finish.model.marking import Claim, ClaimAction, Marking
from finish.storage.download_cache import fetched

_ROOM: Final = 2**26  # bytes that a manifest and its ingredients' manifests may add
_CHECK: Final = "run `finish provenance check-certificate` to see what the certificate lacks"


def refuse_unready(deliverables: Iterable[Deliverable]) -> None:
    """CapabilityError, before anything is rendered, if deliverables can't be signed as their job asks."""
    chains = {
        chain.digest: chain
        for deliverable in deliverables
        if (settings := deliverable.settings.get("provenance")) is not None
        and getattr(settings, "sign", "off") != "off"
        and (chain := getattr(settings, "certificate", None)) is not None
    }
    if not chains:
        return
    if not installed():
        raise missing_package()
    key = caller_key()
    for chain in chains.values():
        problems = lacks(chain.data, key.key.encode())
        if problems:
            raise CapabilityError(f"{chain.path.name} can't sign: {'; '.join(problems)}", _CHECK)


def signed_copy(file: Path, target: Path, marking: Marking, title: str) -> None:
    """Write `file` with its manifest to `target`; CapabilityError if that fails.

    `title` is the name that the manifest gives to the file.
    """
    claim = marking.claim
    assert claim is not None, "only a marking with a claim is signed"
    answered = answer(
        {
            "file": str(file),
            "format": file_format(file),
            "sign": {
                "target": str(target),
                "manifest": manifest(marking, claim, title, file_format(file)),
                "ingredients": [*_ingredients(claim)],
                "algorithm": algorithm(claim.chain.data),
                "chain": claim.chain.data.decode("ascii", "replace"),
                **_key(caller_key()),
            },
        },
        largest=file.stat().st_size + _ROOM,
    )
    if "missing" in answered:
        raise missing_package()
    if "error" in answered or not answered.get("bytes"):
        problem = answered.get("error") or "no manifest was written"
        raise CapabilityError(f"{title} can't be signed: {problem}", _CHECK)


def manifest(marking: Marking, claim: Claim, title: str, kind: str) -> dict[str, Any]:
    """The definition of a manifest: its first action opens the parent, or creates a file of components."""
    actions = [*_begin(marking, claim), *map(_action, claim.actions)]
    stated = {"actions": actions, "allActionsIncluded": True}
    return {
        "claim_generator_info": [{"name": "finish", "version": version("finish")}],
        "title": title,
        "format": kind,
        "assertions": [{"label": "c2pa.actions.v2", "data": stated}],
    }


def _begin(marking: Marking, claim: Claim) -> Iterator[dict[str, Any]]:
    """A parent is opened, or a new file is created; components are placed."""
    parts = [(_name(number), one.relationship) for number, one in enumerate(claim.ingredients)]
    parents = [name for name, relationship in parts if relationship == "parentOf"]
    if parents:
        yield {"action": "c2pa.opened", "parameters": {"ingredientIds": parents}}
    else:
        kind = IPTC_CODES + (marking.source_type or "composite")
        yield {"action": "c2pa.created", "digitalSourceType": kind}
    for name, _ in parts:
        if name not in parents:
            yield {"action": "c2pa.placed", "parameters": {"ingredientIds": [name]}}


def _action(action: ClaimAction) -> dict[str, Any]:
    described = {"parameters": {"description": action.description}} if action.description else {}
    return {"action": f"c2pa.{action.code}", **described}


def _ingredients(claim: Claim) -> Iterable[dict[str, Any]]:
    for number, ingredient in enumerate(claim.ingredients):
        path = fetched(ingredient.path)
        kind = file_format(path)
        if kind:
            stated = {"title": ingredient.path.name, "relationship": ingredient.relationship}
            yield {
                "file": str(path),
                "format": kind,
                "claim": {**stated, "format": kind, "instance_id": _name(number), "label": _name(number)},
            }


def _name(number: int) -> str:
    """The name by which actions refer to an ingredient."""
    return f"source-{number + 1}"


def _key(key: SigningKey) -> dict[str, Any]:
    return {"key": key.key, "command": list(key.command)}
