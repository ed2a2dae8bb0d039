"""The Content Credentials of a file: its C2PA manifest store, read and validated."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from finish.errors import PathError
from finish.media.provenance.c2pa_runner import answer, file_format, installed
from finish.model.credentials import Credentials, CredentialState, ManifestIngredient, SignedManifest

ANCHORS: Final = "FINISH_TRUST_ANCHORS"  # a PEM file with the certificates that signatures must lead to
SIDECAR: Final = ".c2pa"  # C2PA specification, "External manifests": application/c2pa
_IPTC: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_C2PA: Final = "c2pa."
_UNTRUSTED: Final = "signingCredential.untrusted"
_REMOTE: Final = "Remote: must fetch remote manifests from url "
_STATES: Final[Mapping[str, CredentialState]] = {
    "Trusted": "trusted",
    "Valid": "untrusted",
    "Invalid": "invalid",
}
_LONGEST: Final = 200  # characters of a stranger's text
_MOST: Final = 64  # manifests, and entries of one


def read_credentials(path: Path) -> Credentials | None:
    """The credentials of a file, or of the manifest beside it; None if it has none.

    A store that can't be read is "damaged", with the reason.
    """
    beside = path.with_suffix(SIDECAR)
    kind = file_format(path)
    if not kind and not beside.is_file():
        return None
    if not installed():
        return Credentials("unread")
    request = {"file": str(path), "format": kind, "anchors": _anchors()}
    answered = answer(request)
    if not answered and beside.is_file():
        answered = answer({**request, "manifest": str(beside)})
    return as_credentials(answered) if answered else None


def as_credentials(answered: Mapping[str, Any]) -> Credentials:
    """The credentials that the reader's answer describes."""
    fault = _text(answered.get("error"))
    if fault.startswith(_REMOTE):
        return Credentials("remote", (fault.removeprefix(_REMOTE),))
    if fault or not isinstance(answered.get("store"), Mapping):
        return Credentials("damaged", (fault or "the manifest store is unreadable",))
    store = answered["store"]
    state = _STATES.get(str(answered.get("state")), "invalid")
    problems = tuple(dict.fromkeys(_failures(answered.get("results"))))[:_MOST]
    return Credentials(state, problems, tuple(_manifests(store))[:_MOST])


def _anchors() -> str:
    path = os.environ.get(ANCHORS, "")
    if not path:
        return ""
    try:
        return Path(path).read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{ANCHORS}: {path} can't be read as PEM certificates"
        raise PathError(message, "name a readable PEM file, or unset the variable") from error


def _failures(results: Any) -> Iterator[str]:
    """The codes of everything that failed, in the active manifest and those of its ingredients."""
    if not isinstance(results, Mapping):
        return
    active = results.get("activeManifest")
    deltas = results.get("ingredientDeltas")
    parts = [active, *(delta.get("validationDeltas") for delta in _maps(deltas))]
    for part in parts:
        yield from _codes(part.get("failure") if isinstance(part, Mapping) else None)


def _codes(failures: Any) -> Iterator[str]:
    """The codes of failures; that a signer is on no list of trusted ones isn't one."""
    for failure in _maps(failures):
        if failure.get("code") != _UNTRUSTED:
            yield _text(failure.get("code"))


def _manifests(store: Mapping[str, Any]) -> Iterator[SignedManifest]:
    """Every manifest, the active one first."""
    manifests, active = store.get("manifests"), store.get("active_manifest")
    if not isinstance(manifests, Mapping):
        return
    for label in sorted(manifests, key=lambda label: label != active):
        if isinstance(manifests[label], Mapping):
            yield _manifest(_text(label), manifests[label])


def _manifest(label: str, values: Mapping[str, Any]) -> SignedManifest:
    signature = values.get("signature_info")
    signature = signature if isinstance(signature, Mapping) else {}
    actions = tuple(_actions(values))[:_MOST]
    kinds = (_text(action.get("digitalSourceType")) for action in actions if action.get("digitalSourceType"))
    generators = _maps(values.get("claim_generator_info"))
    named = (
        " ".join(_text(part[key]) for key in ("name", "version") if part.get(key)) for part in generators
    )
    return SignedManifest(
        label=label,
        title=_text(values.get("title")),
        generator=next(named, "") or _text(values.get("claim_generator")),
        signer=_text(signature.get("common_name") or signature.get("issuer")),
        time=_text(signature.get("time")),
        actions=tuple(_text(action.get("action")).removeprefix(_C2PA) for action in actions),
        source_types=tuple(dict.fromkeys(kind.strip().removeprefix(_IPTC) for kind in kinds)),
        ingredients=tuple(map(_ingredient, _maps(values.get("ingredients"))))[:_MOST],
        watermarked=any(_states_watermark(entry) for entry in (*actions, *_maps(values.get("assertions")))),
    )


def _states_watermark(entry: Mapping[str, Any]) -> bool:
    """Whether an action or an assertion is about an invisible watermark (C2PA 2.2, "Soft Binding")."""
    names = (str(entry.get("action", "")), str(entry.get("label", "")))
    return any(name.startswith(("c2pa.watermarked", "c2pa.soft-binding")) for name in names)


def _actions(values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for assertion in _maps(values.get("assertions")):
        data = assertion.get("data")
        if str(assertion.get("label")).startswith("c2pa.actions") and isinstance(data, Mapping):
            yield from _maps(data.get("actions"))


def _ingredient(values: Mapping[str, Any]) -> ManifestIngredient:
    results = values.get("validation_results")
    listed = _codes(values.get("validation_status"))
    problems = tuple(dict.fromkeys([*_failures(results), *listed]))[:_MOST]
    return ManifestIngredient(
        _text(values.get("title")),
        _text(values.get("relationship")),
        _text(values.get("active_manifest")),
        problems,
    )


def _maps(values: Any) -> list[Mapping[str, Any]]:
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, list) else []


def _text(value: Any) -> str:
    """A stranger's text without control characters, and not too long for a line."""
    return "".join(letter for letter in str(value or "") if letter.isprintable())[:_LONGEST]
