"""Texts that are drawn, by language: maps, string tables, what is missing, and what doesn't fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from finish import api, jobspec
from finish.errors import FinishError, PathError
from finish.media.job_files import JobFiles
from finish.model import CardMaterial
from finish.stages import STAGES

THIRD = "composite: {{lower_third: {{title: {title}, from: 1, to: 4}}}}\n"
FOR = 'deliverables: [{name: "x-{lang}", preset: youtube, for: {lang: [en, de-AT]}}]\n'
CLIP = "source: hero.mp4\n"


def write(folder: Path, text: str, **tables: str) -> Path:
    (folder / "hero.mp4").write_bytes(b"film")
    (folder / "job.yaml").write_text(text)
    for lang, table in tables.items():
        (folder / "strings").mkdir(exist_ok=True)
        (folder / f"strings/{lang}.csv").write_text(table)
    return folder


def load(folder: Path) -> jobspec.LoadedJob:
    return jobspec.load(folder, STAGES, JobFiles)


def titles(folder: Path) -> list[str]:
    settings = [one.settings["composite"] for one in load(folder).job.deliverables]
    return [composite.lower_third.title for composite in settings]  # type: ignore[attr-defined]


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(FinishError) as wrong:
        load(folder)
    return str(wrong.value).splitlines()


def test_every_deliverable_has_its_own_title(tmp_path: Path) -> None:
    job = write(tmp_path, CLIP + THIRD.format(title="{en: Spring, de: Frühling}") + FOR)
    assert titles(job) == ["Spring", "Frühling"]


def test_a_key_is_a_row_of_each_languages_table(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{key: hero}") + FOR
    job = write(tmp_path, text, en="key,translation\nhero,Spring\n", de="key;translation\nhero;Frühling\n")
    assert titles(job) == ["Spring", "Frühling"]
    (origin,) = (row.origin for row in load(job).explain("x-de-AT") if row.key.endswith(".title"))
    assert origin == "strings/de.csv:2"


def test_the_nearest_language_counts(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{key: hero, en: Spring, de: Frühling}") + FOR
    assert titles(write(tmp_path, text, **{"de-AT": "key,translation\nhero,Lenz\n"})) == ["Spring", "Lenz"]


def test_the_language_of_captions_counts_too(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{en: Spring, de: Frühling}") + "captions: {lang: de}\n"
    job = write(tmp_path, text + "deliverables: [{name: x, preset: youtube}]\n")
    assert titles(job) == ["Frühling"]


def test_another_text_changes_the_digest_of_the_deliverable(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{key: hero}") + FOR
    tables = {"en": "key,translation\nhero,Spring\n", "de": "key,translation\nhero,Frühling\n"}
    first = [one.spec_digest for one in load(write(tmp_path, text, **tables)).job.deliverables]
    tables["de"] = "key,translation\nhero,Lenz\n"
    second = [one.spec_digest for one in load(write(tmp_path, text, **tables)).job.deliverables]
    assert [one == other for one, other in zip(first, second, strict=True)] == [True, False]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("{en: Spring}", 'title: has no text in de-AT — add "de-AT: …"'),
        ("{key: hero, en: Spring}", 'has no text in de-AT — add the row "hero" to strings/de-AT.csv'),
        ("{}", "is empty — write {en: Spring, de: Frühling}"),
        ("{en: Spring, deutsch: x}", 'unknown language "deutsch"'),
        ("{en: Spring, de: 5}", "must be text, not 5 — put it in quotes"),
        ('{en: Spring, de: " "}', "is empty — write its text"),
        ('{key: "../x", en: a, de: b}', '"../x" isn\'t a key'),
        ("{en: Spring, de: " + "W" * 60 + "}", "px wide on a lower third"),
    ],
)
def test_a_text_that_cant_be_drawn_is_refused_with_its_line(
    tmp_path: Path, title: str, expected: str
) -> None:
    (mistake,) = mistakes(write(tmp_path, CLIP + THIRD.format(title=title) + FOR))
    assert mistake.startswith("job.yaml:2:")
    assert expected in mistake


def test_a_text_without_a_language_is_refused(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{en: Spring}") + "deliverables: [{name: x, preset: youtube}]\n"
    (mistake,) = mistakes(write(tmp_path, text))
    assert 'the deliverable has no language — add "for: {lang: [en, de]}"' in mistake


def test_mistakes_in_a_table_have_its_line(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{key: hero, en: Spring}") + FOR
    table = "key,translation\nhero,Frühling\nhero,Lenz\n"
    assert mistakes(write(tmp_path, text, de=table)) == [
        'strings/de.csv:3:1  "hero" is in line 2, too — keep one row'
    ]


def test_a_text_that_is_stated_twice_is_refused(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{key: hero, en: Spring, de: Frühling}") + FOR
    (mistake,) = mistakes(write(tmp_path, text, de="key,translation\nhero,Lenz\n"))
    assert mistake.startswith("strings/de.csv:2:1")
    assert "has another text at job.yaml:2 — keep one" in mistake


def test_a_translation_that_is_too_long_is_refused_in_its_table(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{key: hero, en: Spring}") + FOR
    (mistake,) = mistakes(write(tmp_path, text, de=f"key,translation\nhero,{'W' * 60}\n"))
    assert mistake.startswith("strings/de.csv:2:1")
    assert "px wide on a lower third" in mistake


def test_a_table_outside_the_job_is_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "de-AT.csv").write_text("key,translation\nhero,Fremd\n")
    job = tmp_path / "job"
    job.mkdir()
    write(job, CLIP + THIRD.format(title="{key: hero, en: Spring}") + FOR)
    (job / "strings").symlink_to(outside)
    assert any("de-AT" in line for line in mistakes(job))


def test_cards_of_timelines_have_their_texts(tmp_path: Path) -> None:
    card = "timeline: [{card: title, seconds: 2, title: {en: Spring, de: Frühling}, subtitle: {key: sub}}]\n"
    tables = {"en": "key,translation\nsub,One\n", "de": "key,translation\nsub,Eins\n"}
    loaded = load(write(tmp_path, card + FOR, **tables))
    edits = [one.edit for one in loaded.job.deliverables]
    cards = [edit.segments[0].material for edit in edits if edit]
    assert [(card.title, card.subtitle) for card in cards if isinstance(card, CardMaterial)] == [
        ("Spring", "One"),
        ("Frühling", "Eins"),
    ]
    digests = {one.spec_digest for one in loaded.job.deliverables}
    tables["en"] = "key,translation\nsub,Two\n"
    changed = {one.spec_digest for one in load(write(tmp_path, card + FOR, **tables)).job.deliverables}
    assert len(digests & changed) == 1


def test_a_card_that_doesnt_fit_is_refused_with_its_line(tmp_path: Path) -> None:
    card = "timeline: [{card: title, seconds: 2, title: {en: Spring, de: " + "W" * 90 + "}}]\n"
    (mistake,) = mistakes(write(tmp_path, card + FOR))
    assert mistake.startswith("job.yaml:1:")
    assert "px wide" in mistake


def test_tables_are_written_and_kept(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{key: hero, en: Spring}") + FOR
    job = write(tmp_path, text, de="key;translation\nhero;Frühling\nold;Alt\n")
    strings = api.job_strings(job)
    assert list(strings.problems) == []
    (path,) = strings.write()
    header, hero, old, *_ = path.read_bytes().decode("utf-8-sig").split("\r\n")
    assert header == "key,source,translation,used,room,note"
    assert hero.startswith("hero,Spring,Frühling,composite.lower_third.title (job.yaml:2),")
    assert int(hero.split(",")[4]) > len("Frühling")
    assert old == "old,,Alt,,,"
    before = path.read_bytes()
    api.job_strings(job).write()
    assert path.read_bytes() == before
    assert titles(job) == ["Spring", "Frühling"]


def test_a_changed_source_is_flagged_until_the_note_is_deleted(tmp_path: Path) -> None:
    text = CLIP + THIRD.format(title="{key: hero, en: Spring}") + FOR
    job = write(tmp_path, text, de="key,source,translation\nhero,Spring,Frühling\n")
    write(job, text.replace("Spring", "Summer"))
    (path,) = api.job_strings(job).write()
    (problem,) = api.job_strings(job).problems
    assert problem.startswith("strings/de.csv:2  hero: the source has changed")
    assert "source was: Spring" in path.read_text("utf-8-sig")
    path.write_text(path.read_text("utf-8-sig").replace("source was: Spring", ""))
    assert list(api.job_strings(job).problems) == []


def test_missing_and_long_texts_are_listed(tmp_path: Path) -> None:
    title = "{key: hero, en: " + "W" * 60 + "}"
    problems = list(api.job_strings(write(tmp_path, CLIP + THIRD.format(title=title) + FOR)).problems)
    assert len([line for line in problems if "has no text in de-AT" in line]) == 1
    assert any("in en: " in line and "px wide" in line for line in problems)


def test_another_folder_keeps_its_own_translations(tmp_path: Path) -> None:
    job, folder = tmp_path / "job", tmp_path / "out"
    job.mkdir()
    write(job, CLIP + THIRD.format(title="{key: hero, en: Spring}") + FOR)
    folder.mkdir()
    (folder / "de-AT.csv").write_text("key,translation\nhero,Lenz\n")
    (path,) = api.job_strings(job).write(folder)
    assert "hero,Spring,Lenz," in path.read_text("utf-8-sig")
    assert not (job / "strings").exists()
    path.write_bytes(b"\xff")
    with pytest.raises(PathError, match="isn't UTF-8"):
        api.job_strings(job).write(folder)
