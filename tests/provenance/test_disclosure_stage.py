"""Disclosure: what clips state and what a job states become the type that the file states."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from golden.golden_world import CASES, TIKTOK, job, planned, source

from finish import resources
from finish.errors import FinishError
from finish.model import Programme, Source, file_facts
from finish.model.credentials import Credentials, SignedManifest
from finish.model.media_extras import Extras
from finish.stages.disclosure import disclosure_rules
from finish.stages.disclosure.disclosure_planning import GENERATED, MIXED, inherited_type

MADE = source(extras=Extras(source_types=(GENERATED,)))
SIGNED = source(
    extras=Extras(
        provenance=True,
        credentials=Credentials("untrusted", (), (SignedManifest("m", source_types=(GENERATED,)),)),
    )
)
REAL = source(extras=Extras(source_types=("digitalCapture",)))
SILENT = source()
PARTLY = source(extras=Extras(source_types=(MIXED, GENERATED)))


@pytest.mark.parametrize(
    ("sources", "kind"),
    [
        ([MADE], GENERATED),
        ([MADE, SIGNED], GENERATED),
        ([MADE, REAL], MIXED),
        ([MADE, SILENT], MIXED),
        ([PARTLY], MIXED),
        ([REAL], ""),
        ([SILENT, REAL], ""),
    ],
)
def test_a_programme_inherits_from_its_clips(sources: list[Source], kind: str) -> None:
    assert inherited_type(sources) == kind


def programme(place: Path, sections: str = "", clip: Source = MADE) -> Programme:
    case = replace(CASES["tiktok"], deliverables=TIKTOK, sections=sections, clip=clip)
    (one,) = planned(job(place, case), case)
    return one.planned.programme


def codes(made: Programme) -> dict[str, str]:
    return {note.code: note.level for note in made.notes if note.code.startswith(("disc", "nothing", "cred"))}


def test_a_silent_job_inherits_with_a_note_that_asks_for_action(tmp_path: Path) -> None:
    made = programme(tmp_path)
    assert made.marking and made.marking.source_type == GENERATED
    assert codes(made) == {"disclosure-inherited": "act", "disclosure-upload": "know"}
    (promise,) = [promise for promise in made.promises if promise.fact is file_facts.source_type]
    assert promise.accept.exactly == GENERATED


def test_a_job_that_confirms_it_has_nothing_to_act_on(tmp_path: Path) -> None:
    made = programme(tmp_path, f"disclosure: {GENERATED}")
    assert made.marking and made.marking.source_type == GENERATED
    assert codes(made) == {"disclosure-upload": "know"}


def test_a_clip_that_states_nothing_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    made = programme(tmp_path, clip=SILENT)
    assert made.marking is None and codes(made) == {}


def test_a_contradiction_is_reported(tmp_path: Path) -> None:
    made = programme(tmp_path, "disclosure: digitalCapture")
    assert made.marking and made.marking.source_type == "digitalCapture"
    assert codes(made) == {"disclosure-contradicted": "act"}


def test_nothing_is_disclosed_for_a_reason_only(tmp_path: Path) -> None:
    with pytest.raises(FinishError, match="needs a reason"):
        programme(tmp_path, "disclosure: none")
    made = programme(tmp_path, "disclosure: {source_type: none, reason: a film about cameras}")
    assert made.marking is None and codes(made) == {"nothing-disclosed": "know"}


@pytest.mark.parametrize(
    ("sections", "problem"),
    [
        ("disclosure: {required: true}", "a source type must be stated"),
        ("disclosure: trainedAlgoritmicMedia", "disclosure"),
        ('disclosure: {text: "a\\nb"}', "line breaks"),
    ],
)
def test_mistakes_are_refused(sections: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(FinishError, match=problem):
        programme(tmp_path, sections)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("damaged", "credentials-broken"),
        ("invalid", "credentials-broken"),
        ("remote", "credentials-remote"),
        ("unread", "credentials-unread"),
    ],
)
def test_credentials_that_cannot_be_believed_are_reported(state: str, code: str, tmp_path: Path) -> None:
    clip = source(extras=Extras(provenance=True, credentials=Credentials(state, ("why",))))  # type: ignore[arg-type]
    assert codes(programme(tmp_path, clip=clip)) == {code: "act"}


def test_rules_have_sources_and_grow_old() -> None:
    everything = (*disclosure_rules.REGIONS, *disclosure_rules.PLATFORMS)
    assert all(rule.source and rule.text for rule in everything)
    assert not disclosure_rules.is_outdated(disclosure_rules.CHECKED + timedelta(days=300))
    assert disclosure_rules.is_outdated(disclosure_rules.CHECKED + timedelta(days=400))


def test_every_platform_of_a_rule_is_a_preset() -> None:
    presets = {preset for rule in disclosure_rules.PLATFORMS for preset in rule.presets}
    assert presets <= set(resources.names("presets"))


def test_a_watermark_that_credentials_state_is_reported(tmp_path: Path) -> None:
    marked = Credentials("untrusted", (), (SignedManifest("m", watermarked=True),))
    made = programme(tmp_path, clip=source(extras=Extras(provenance=True, credentials=marked)))
    assert [note.level for note in made.notes if note.code == "watermark"] == ["know"]
