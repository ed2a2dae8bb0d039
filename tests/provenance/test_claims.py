"""Claims: what a signature states about the sources and about what was done with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from golden.golden_world import CASES, TIKTOK, job, planned, source

from bench.certificates import Certified
from finish.deliver.signing import manifest, refuse_unready
from finish.errors import CapabilityError, FinishError
from finish.model import Programme, file_facts
from finish.model.media_extras import Extras
from finish.planning.render_plan import Rendering

GOOD = Certified()
SIGNED = source(extras=Extras(provenance=True))


@pytest.fixture
def certified(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A caller who can sign."""
    (tmp_path / "keys").mkdir()
    for name, data in (("chain.pem", GOOD.chain), ("key.pem", GOOD.key_pem)):
        (tmp_path / "keys" / name).write_bytes(data)
    monkeypatch.setenv("FINISH_SIGN_CERTIFICATE", str(tmp_path / "keys" / "chain.pem"))
    monkeypatch.setenv("FINISH_SIGN_KEY", str(tmp_path / "keys" / "key.pem"))
    return tmp_path


def rendering(place: Path, sections: str = "") -> Rendering:
    folder = place / "job"
    folder.mkdir(exist_ok=True)
    case = replace(CASES["tiktok"], deliverables=TIKTOK, clip=SIGNED, sections=sections)
    return planned(job(folder, case), case)[0]


def programme(place: Path, sections: str = "") -> Programme:
    return rendering(place, sections).planned.programme


def test_without_a_certificate_the_loss_is_a_note_to_act_on(tmp_path: Path) -> None:
    made = programme(tmp_path)
    assert made.marking is None
    assert [(note.code, note.level) for note in made.notes if note.code == "provenance"] == [
        ("provenance", "act")
    ]


def test_a_job_may_demand_a_signature(tmp_path: Path) -> None:
    with pytest.raises(FinishError, match="must be signed"):
        programme(tmp_path, "provenance: {sign: required}")


def test_a_claim_has_the_clip_as_parent_and_the_actions_of_the_graph(certified: Path) -> None:
    made = programme(certified)
    assert made.marking and made.marking.claim
    claim = made.marking.claim
    assert [(one.relationship, one.content) for one in claim.ingredients] == [("parentOf", SIGNED.digest)]
    assert claim.actions[-1].code == "transcoded" and "cropped" in [action.code for action in claim.actions]
    assert any(promise.fact is file_facts.credentials for promise in made.promises)
    assert "provenance" not in [note.code for note in made.notes]


def test_music_is_a_component_beside_the_parent(certified: Path) -> None:
    made = programme(certified, "mix: {music: {file: bed.wav}}")
    assert made.marking and made.marking.claim
    parts = [(one.path.name, one.relationship) for one in made.marking.claim.ingredients]
    assert parts == [("clip.mp4", "parentOf"), ("bed.wav", "componentOf")]


def test_actions_are_those_that_the_job_asks_for(certified: Path) -> None:
    plain = programme(certified, "sound: {target: none}")
    graded = programme(certified, "colour: {looks: [warm]}\nsound: {target: none}")
    actions = [
        {(action.code, action.description) for action in made.marking.claim.actions}  # type: ignore[union-attr]
        for made in (plain, graded)
    ]
    assert {code for code, _ in actions[1] - actions[0]} == {"color_adjustments"}


def test_the_definition_opens_one_source_and_places_several(certified: Path) -> None:
    made = programme(certified)
    assert made.marking and made.marking.claim
    one, claim = made.marking, made.marking.claim
    actions = manifest(one, claim, "a.mp4", "video/mp4")["assertions"][0]["data"]["actions"]
    assert actions[0] == {"action": "c2pa.opened", "parameters": {"ingredientIds": ["source-1"]}}
    placed = replace(claim.ingredients[0], relationship="componentOf")
    music = replace(claim, ingredients=(*claim.ingredients, placed))
    actions = manifest(one, music, "a.mp4", "video/mp4")["assertions"][0]["data"]["actions"]
    assert [action["action"] for action in actions[:2]] == ["c2pa.opened", "c2pa.placed"]
    two = replace(claim, ingredients=(placed, placed))
    actions = manifest(one, two, "a.mp4", "video/mp4")["assertions"][0]["data"]["actions"]
    assert [action["action"] for action in actions[:3]] == ["c2pa.created", "c2pa.placed", "c2pa.placed"]
    assert actions[0]["digitalSourceType"].endswith("/composite")


def test_only_what_is_stated_changes_the_key_of_the_unsigned_file(certified: Path) -> None:
    before, again = rendering(certified), rendering(certified)
    assert before.unsigned_key == again.unsigned_key
    assert rendering(certified, "colour: {looks: [warm]}").unsigned_key != before.unsigned_key
    stated = rendering(certified, "disclosure: digitalCapture")
    assert stated.unsigned_key != before.unsigned_key
    assert [piece.picture.key for piece in stated.pieces] == [piece.picture.key for piece in before.pieces]


def test_a_certificate_that_cannot_sign_is_refused_before_rendering(
    certified: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = [rendering(certified).planned.deliverable]
    refuse_unready(ready)
    monkeypatch.delenv("FINISH_SIGN_KEY")
    with pytest.raises(CapabilityError, match="no key"):
        refuse_unready(ready)
    (certified / "keys" / "chain.pem").write_bytes(Certified(GOOD.key, purposes=()).chain)
    monkeypatch.setenv("FINISH_SIGN_KEY", str(certified / "keys" / "key.pem"))
    with pytest.raises(CapabilityError, match=r"chain\.pem can't sign: no extended key usage"):
        refuse_unready([rendering(certified).planned.deliverable])


@pytest.mark.parametrize(
    ("stated", "problem"), [("/nowhere/x.pem", "can't be read"), ("/dev/null", "isn't a PEM file")]
)
def test_a_variable_that_names_no_certificate_is_one_message(
    stated: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINISH_SIGN_CERTIFICATE", stated)
    with pytest.raises(FinishError, match=problem):
        programme(tmp_path)


def test_a_brand_may_demand_a_signature_and_off_says_what_is_lost(certified: Path) -> None:
    made = programme(certified, "provenance: {sign: off}")
    assert made.marking is None and "provenance" in [note.code for note in made.notes]
