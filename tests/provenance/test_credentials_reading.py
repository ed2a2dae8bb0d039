"""What the reader of manifests answers becomes credentials; strangers' answers stay within bounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from finish import api
from finish.cli import provenance_verbs
from finish.media.provenance.credentials_reader import as_credentials
from finish.model.credentials import Credentials, ManifestIngredient, SignedManifest

AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def answered(state: str = "Valid", failures: tuple[str, ...] = (), **manifest: Any) -> dict[str, Any]:
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": AI}, {"action": "acme.glow"}]}
    made = {
        "title": "a.mp4",
        "claim_generator_info": [{"name": "Generator", "version": "2"}],
        "signature_info": {"common_name": "Acme", "time": "2026-01-01"},
        "assertions": [{"label": "c2pa.actions.v2", "data": actions}, {"label": "other"}],
        "ingredients": [{"title": "b.mp4", "relationship": "parentOf", "active_manifest": "m2"}],
    }
    return {
        "state": state,
        "results": {
            "activeManifest": {"failure": [{"code": code} for code in failures]},
            "ingredientDeltas": [{"validationDeltas": {"failure": []}}],
        },
        "store": {"active_manifest": "m1", "manifests": {"m2": {}, "m1": {**made, **manifest}}},
    }


def test_a_manifest_is_read() -> None:
    credentials = as_credentials(answered("Trusted"))
    assert credentials.state == "trusted" and credentials.intact and not credentials.problems
    assert credentials.manifests[1] == SignedManifest("m2")
    assert credentials.active == SignedManifest(
        label="m1",
        title="a.mp4",
        generator="Generator 2",
        signer="Acme",
        time="2026-01-01",
        actions=("created", "acme.glow"),
        source_types=("trainedAlgorithmicMedia",),
        ingredients=(ManifestIngredient("b.mp4", "parentOf", "m2"),),
    )


@pytest.mark.parametrize(
    ("assertion", "watermarked"),
    [
        ({"label": "c2pa.soft-binding", "data": {}}, True),
        ({"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.watermarked.bound"}]}}, True),
        ({"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.cropped"}]}}, False),
    ],
)
def test_watermarks_are_read(assertion: dict[str, Any], watermarked: bool) -> None:
    assert as_credentials(answered(assertions=[assertion])).manifests[0].watermarked is watermarked


def test_what_was_wrong_with_an_ingredient_is_kept() -> None:
    results = {"activeManifest": {"failure": [{"code": "claimSignature.mismatch"}]}}
    status = [{"code": "signingCredential.untrusted"}, {"code": "assertion.dataHash.mismatch"}]
    listed = [{"title": "b.jpg", "validation_results": results, "validation_status": status}]
    (ingredient,) = as_credentials(answered(ingredients=listed)).manifests[0].ingredients
    assert ingredient.problems == ("claimSignature.mismatch", "assertion.dataHash.mismatch")


def test_untrusted_is_not_invalid() -> None:
    untrusted = as_credentials(answered(failures=("signingCredential.untrusted",)))
    assert (untrusted.state, untrusted.problems) == ("untrusted", ())
    invalid = as_credentials(answered("Invalid", ("assertion.bmffHash.mismatch",)))
    assert (invalid.state, invalid.problems) == ("invalid", ("assertion.bmffHash.mismatch",))
    assert not invalid.intact


@pytest.mark.parametrize(
    ("answer", "state", "problem"),
    [
        ({"error": "Other: bad CBOR"}, "damaged", "Other: bad CBOR"),
        ({"state": "Valid", "store": []}, "damaged", "the manifest store is unreadable"),
        (
            {"error": "Remote: must fetch remote manifests from url https://x.example/a"},
            "remote",
            "https://x.example/a",
        ),
    ],
)
def test_damaged_is_not_untrusted(answer: dict[str, Any], state: str, problem: str) -> None:
    assert as_credentials(answer) == Credentials(state, (problem,))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rubbish",
    [
        {"title": "x" * 10_000 + "\n\x1b[31m", "ingredients": [{}] * 5000},
        {"assertions": {"label": 1}, "signature_info": [], "ingredients": "no", "claim_generator_info": None},
        {"assertions": [{"label": "c2pa.actions", "data": {"actions": [1, {"action": ["x"]}, None]}}]},
    ],
)
def test_rubbish_is_bounded(rubbish: dict[str, Any]) -> None:
    (manifest, _) = as_credentials(answered(**rubbish)).manifests
    assert len(manifest.title) <= 200 and manifest.title.isprintable() and len(manifest.ingredients) <= 64


def test_chains_that_loop_or_share_are_listed_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    labels = [f"m{number}" for number in range(60)]
    following = dict(zip(labels, [*labels[1:], "m0"], strict=True))
    manifests = tuple(
        SignedManifest(label, ingredients=(ManifestIngredient("a", "componentOf", following[label]),) * 60)
        for label in labels
    )
    monkeypatch.setattr(api, "credentials", lambda _: Credentials("untrusted", (), manifests))
    (tmp_path / "a.mp4").write_bytes(b"")
    app = provenance_verbs.group(lambda function: function)
    result = CliRunner().invoke(app, [str(tmp_path / "a.mp4")])
    assert not result.exception and result.output.count("\n") < 60 * 60 * 4


def test_the_verb_prints_text_and_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    film.write_bytes(b"")
    monkeypatch.setattr(api, "credentials", lambda _: as_credentials(answered("Invalid", ("bad.hash",))))
    app = provenance_verbs.group(lambda function: function)
    text = CliRunner().invoke(app, [str(film)]).output
    assert text.splitlines() == [
        "a.mp4: Content Credentials not valid: the file or a manifest was changed after signing",
        "  problem: bad.hash",
        "  a.mp4 made by Generator 2, signed by Acme at 2026-01-01",
        "    actions: created, acme.glow",
        "    digital source type: trainedAlgorithmicMedia",
        "    parentOf: b.mp4",
        "      m2 made by an unknown program",
    ]
    value = json.loads(CliRunner().invoke(app, [str(film), "--json"]).output)
    assert value["credentials"]["state"] == "invalid" and value["source_types"] == []
