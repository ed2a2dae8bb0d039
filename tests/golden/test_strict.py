"""Strict destinations refuse notes that need action before rendering; a job accepts notes by code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from golden_world import CASES, TIKTOK, Case, job, planned, source, video

from finish.cli.batch import strictly
from finish.errors import EXIT_BROKEN, FinishError
from finish.model import ranked
from finish.model.media_extras import Extras

SIGNED = source(video("1920x1080"), extras=Extras(provenance=True))
MASTER = Case("  - {name: master, preset: ebu-hd-prores}", clip=SIGNED, answers=CASES["master"].answers)


def test_a_broadcast_preset_refuses_an_open_note(tmp_path: Path) -> None:
    with pytest.raises(
        FinishError, match=r"1 note asks for action: .*Content Credentials.* \[provenance\]"
    ) as refused:
        planned(job(tmp_path, MASTER), MASTER)
    assert refused.value.exit_code == EXIT_BROKEN and "--no-strict" in refused.value.hint


@pytest.mark.parametrize("accepting", ["accept: [provenance]", ""])
def test_a_note_that_the_job_accepts_asks_for_nothing(accepting: str, tmp_path: Path) -> None:
    entry = (
        MASTER.deliverables
        if accepting
        else "  - {name: master, preset: ebu-hd-prores, accept: [alpha, provenance]}"
    )
    (one,) = planned(job(tmp_path, replace(MASTER, sections=accepting, deliverables=entry)), MASTER)
    notes = one.planned.programme.notes
    assert [note.level for note in notes if note.code == "provenance"] == ["know"] and not ranked(
        notes, "act"
    )


def test_the_caller_overrules_the_destination(tmp_path: Path) -> None:
    lax = strictly(job(tmp_path, MASTER), False)
    assert [note.code for note in ranked(planned(lax, MASTER)[0].planned.programme.notes, "act")] == [
        "provenance"
    ]
    social = replace(MASTER, deliverables=TIKTOK, answers=CASES["tiktok"].answers)
    (tmp_path / "social").mkdir()
    made = job(tmp_path / "social", social)
    assert planned(made, social), "a social preset publishes, and shows the note"
    with pytest.raises(FinishError, match="asks for action"):
        planned(strictly(made, True), social)


def test_a_code_that_cannot_be_one_is_a_mistake_of_the_job(tmp_path: Path) -> None:
    with pytest.raises(FinishError, match="accept"):
        job(tmp_path, replace(MASTER, sections="accept: [No Code!]"))
