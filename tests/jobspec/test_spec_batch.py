"""Batches on a real disk: deliverables per clip and language, exceptions, and errors of single clips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_stages import STAGES, Paper
from hypothesis import given
from hypothesis import strategies as st
from timing import Stopwatch

from finish import jobspec, stages
from finish.errors import FinishError
from finish.jobspec import job_loader, sources
from finish.media.job_files import JobFiles

HEAD = """\
source: media/*.mp4
captions: {file: "captions/{clip}.{lang}.srt"}
"""
JOB = (
    HEAD
    + """\
version: v2
deliverables:
  - {name: "{clip}-{preset}-{lang}-{version}", preset: tiktok, for: {lang: [en, de]}}
  - {name: "{clip}-wide", preset: youtube, captions: {file: null}}
"""
)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """job/{media/{clip2, clip10, "Café 1"}.mp4, captions/{clip}.{en, de}.srt}."""
    return filled(tmp_path / "job", "clip2", "clip10", "Café 1")


def filled(job: Path, *clips: str, langs: tuple[str, ...] = ("en", "de")) -> Path:
    for part in ("media", "captions"):
        (job / part).mkdir(parents=True, exist_ok=True)
    for clip in clips:
        (job / f"media/{clip}.mp4").write_bytes(b"film")
        for lang in langs:
            (job / f"captions/{clip}.{lang}.srt").write_text(f"{clip} in {lang}")
    return job


def load(job: Path, text: str, known: Any = STAGES) -> jobspec.LoadedJob:
    (job / "job.yaml").write_text(text)
    return jobspec.load(job, known, JobFiles)


def mistakes(job: Path, text: str) -> list[str]:
    with pytest.raises(FinishError) as wrong:
        load(job, text)
    return str(wrong.value).splitlines()


def text_of(deliverable: Any) -> str:
    file = deliverable.settings["captions"].file
    return str(file.data.decode()) if file else ""


def test_every_deliverable_of_every_clip_clip_by_clip(job: Path) -> None:
    made = load(job, JOB).job.deliverables
    assert [(each.name, each.source.name, text_of(each)) for each in made] == [
        ("Cafe-1-tiktok-en-v2", "Café 1.mp4", "Café 1 in en"),
        ("Cafe-1-tiktok-de-v2", "Café 1.mp4", "Café 1 in de"),
        ("Cafe-1-wide", "Café 1.mp4", ""),
        ("clip2-tiktok-en-v2", "clip2.mp4", "clip2 in en"),
        ("clip2-tiktok-de-v2", "clip2.mp4", "clip2 in de"),
        ("clip2-wide", "clip2.mp4", ""),
        ("clip10-tiktok-en-v2", "clip10.mp4", "clip10 in en"),
        ("clip10-tiktok-de-v2", "clip10.mp4", "clip10 in de"),
        ("clip10-wide", "clip10.mp4", ""),
    ]
    assert {each.where for each in made} == {"job.yaml:5", "job.yaml:6"}


def test_a_list_of_paths_and_patterns_names_each_clip_once(job: Path) -> None:
    made = load(
        job,
        (
            'source: [media/clip10.mp4, "media/*.mp4", ./media/clip2.mp4]\n'
            'deliverables: [{name: "{clip}", preset: tiktok}]\n'
        ),
    )
    assert [deliverable.name for deliverable in made.job.deliverables] == ["clip10", "Cafe-1", "clip2"]


def test_languages_and_presets_make_every_pair(job: Path) -> None:
    made = load(
        job,
        """\
source: media/clip2.mp4
version: 3
deliverables: [{name: "{lang}_{preset}_{version}", for: {preset: [tiktok, youtube], lang: [pt-BR, no]}}]
""",
    ).job.deliverables
    assert [each.name for each in made] == [
        "pt-BR_tiktok_3",
        "no_tiktok_3",
        "pt-BR_youtube_3",
        "no_youtube_3",
    ]
    assert [deliverable.delivery.preset for deliverable in made] == ["tiktok", "tiktok", "youtube", "youtube"]


def test_for_sets_the_language_of_captions_unless_the_deliverable_does(job: Path) -> None:
    loaded = load(
        filled(job, "clip2", langs=("pt",)),
        """\
source: media/clip2.mp4
captions: {lang: en}
deliverables:
  - {name: "a-{lang}", preset: tiktok, for: {lang: [de]}}
  - {name: "b-{lang}", preset: tiktok, for: {lang: [pt]}, captions: {lang: pt-BR}}
  - {name: c, preset: tiktok}
""",
        stages.STAGES,
    )
    told = [
        next(row for row in loaded.explain(name) if row.key == "captions.lang")
        for name in ("a-de", "b-pt", "c")
    ]
    assert [(row.value, row.origin) for row in told] == [
        ("de", "job.yaml:4"),
        ("pt-BR", "job.yaml:5"),
        ("en", "job.yaml:2"),
    ]


def test_an_exception_outranks_everything_and_is_explained(job: Path) -> None:
    (job / "captions/own.srt").write_text("own")
    loaded = load(
        job,
        JOB
        + """\
sound: {target: -20}
clips:
  clip2:
    sound: {target: r128}
    captions: {file: captions/own.srt}
    encode: {picture: {crf: 30}}
  Café 1: {captions: null}
""",
    )
    told = {row.key: (row.value, row.origin) for row in loaded.explain("clip2-tiktok-de-v2")}
    assert told["sound.target"] == ("r128", "job.yaml:10")
    assert told["captions.file"] == ("captions/own.srt", "job.yaml:11")
    assert told["delivery.picture.crf"] == ("30", "job.yaml:12")
    assert told["delivery.picture.speed"][1].startswith("preset tiktok")
    told = {row.key: (row.value, row.origin) for row in loaded.explain("clip10-tiktok-de-v2")}
    assert told["sound.target"] == ("-20", "job.yaml:7")
    assert told["captions.file"] == ("captions/clip10.de.srt", "job.yaml:2")
    assert [text_of(deliverable) for deliverable in loaded.job.deliverables[:3]] == ["", "", ""]
    assert dict(loaded.explain("Cafe-1-wide")[-1].__dict__) == dict(
        loaded.explain("clip10-wide")[-1].__dict__
    )


def test_a_file_that_one_clip_lacks_stops_that_clip_only(job: Path) -> None:
    (job / "captions/clip2.de.srt").unlink()
    loaded = load(job, JOB.replace("preset: tiktok, for: {lang", "for: {preset: [tiktok, square], lang"))
    assert len(loaded.job.deliverables) == 13
    assert [(each.name, each.source.name) for each in loaded.job.unmade] == [
        ("clip2-tiktok-de-v2", "clip2.mp4"),
        ("clip2-square-de-v2", "clip2.mp4"),
    ]
    first, second = (outcome.error for outcome in loaded.job.unmade)
    assert first is second and first.exit_code == 2
    assert str(first) == (
        'job.yaml:2:18  captions.file of clip2.mp4: no such file: "captions/clip2.de.srt" — '
        'add it, or name another file under "clips"'
    )
    with pytest.raises(FinishError, match=r"clip2\.de\.srt"):
        loaded.explain("clip2-square-de-v2")


def test_a_look_of_its_own_that_is_no_look_stops_that_clip_only(job: Path) -> None:
    text = (
        'source: media/*.mp4\ncolour: {looks: ["{clip}.cube"]}\n'
        'deliverables: [{name: "{clip}", preset: tiktok}]\n'
    )
    for clip in ("clip2", "clip10", "Café 1"):
        (job / f"{clip}.cube").write_text(
            "LUT_3D_SIZE 2\n" + "".join(f"{i & 1} {i >> 1 & 1} {i >> 2}\n" for i in range(8))
        )
    (job / "clip10.cube").write_text("no look")
    loaded = load(job, text, stages.STAGES)
    assert [deliverable.name for deliverable in loaded.job.deliverables] == ["Cafe-1", "clip2"]
    assert [each.name for each in loaded.job.unmade] == ["clip10"]
    assert str(loaded.job.unmade[0].error).startswith(
        "job.yaml:2:17  colour.looks of clip10.mp4: clip10.cube"
    )


def test_the_only_clip_stops_the_job(job: Path) -> None:
    (job / "captions/clip2.de.srt").unlink()
    assert mistakes(job, JOB.replace("*", "clip2") + "sound: {fade: soon}\n") == [
        (
            'job.yaml:2:18  captions.file: no such file: "captions/clip2.de.srt" — '
            'add it, or name another file under "clips"'
        ),
        (
            "job.yaml:7:15  sound.fade: 'soon' isn't a time: write seconds or [hours:]minutes:seconds, "
            "such as 83.5 or 1:23.5"
        ),
    ]


def test_what_is_wrong_for_every_clip_stops_the_job_and_is_told_once(job: Path) -> None:
    assert mistakes(
        job,
        HEAD.replace("{lang}.srt", '{lang}.srt", burn: "no')
        + """\
deliverables:
  - {name: "{clip}-{lang}", preset: tiktok, for: {lang: [en, de]}, sound: {low: 2}}
  - {name: "{clip}", preset: tiktok}
""",
    ) == [
        (
            'job.yaml:2:18  captions.file: "{lang}" has no value — '
            'add "for: {lang: [en, de]}" to the deliverable'
        ),
        'job.yaml:2:54  captions.burn: must be true or false, not "no" — write false',
        "job.yaml:4:75  deliverables[0].sound: low stands above high",
    ]
    assert mistakes(job, JOB + 'colour: {looks: ["{lang}.cube"]}\n')[0] == (
        'job.yaml:7:18  colour.looks[0]: no such file: "en.cube" — '
        "paths are relative to the folder of the file that states them"
    )
    assert mistakes(job, JOB + "clips: {clip2: {captions: {file: gone.srt}}}\n") == [
        (
            'job.yaml:7:34  clips.clip2.captions.file: no such file: "gone.srt" — '
            "paths are relative to the folder of the file that states them"
        )
    ]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (
            "[{name: one, preset: tiktok}]",
            ['4:23  deliverables[0].name: "one" would name several files — add {clip} to it'],
        ),
        (
            '[{name: "{preset}", preset: tiktok, for: {lang: [en, de]}}]',
            ['4:23  deliverables[0].name: "{preset}" would name several files — add {clip} and {lang} to it'],
        ),
        (
            '[{name: "{clip}", preset: tiktok}, {name: "{CLIP}", preset: tiktok}]',
            [
                (
                    '4:57  deliverables[1].name: unknown field "{CLIP}" — '
                    'did you mean "clip"? (clip, preset, aspect, lang, version)'
                )
            ],
        ),
        (
            '[{name: "{clip}-a", preset: tiktok}, {name: "{clip}-A", preset: tiktok}]',
            [
                (
                    '4:59  deliverables[1].name: "Cafe-1-A" is also the name of deliverables[0] '
                    "(job.yaml:4) — use names that differ by more than case"
                )
            ],
        ),
        (
            f'[{{name: "{{clip}}-{"a" * 94}", preset: tiktok}}]',
            [("4:23  deliverables[0].name: Café 1.mp4: the name has 101 characters — use at most 100")],
        ),
    ],
)
def test_a_name_has_one_mistake_however_many_clips_there_are(
    job: Path, entries: str, told: list[str]
) -> None:
    assert mistakes(job, f"# \n# \nsource: media/*.mp4\ndeliverables: {entries}\n") == [
        f"job.yaml:{line}" for line in told
    ]


def test_clips_that_read_the_same_are_one_mistake(job: Path) -> None:
    (job / "media/clip2.mov").touch()
    (job / "media/CLIP2.mkv").touch()
    (job / "media/Cafe 1.mp4").touch()
    assert sorted(mistakes(job, JOB.replace("*.mp4", "*"))) == [
        'job.yaml:1:9  source: "CLIP2.mkv", "clip2.mov" and 1 more would all be "clip2" in a name — '
        "rename one, or give each its own job",
        (
            'job.yaml:1:9  source: "Cafe 1.mp4" and "Café 1.mp4" would both be "cafe-1" in a name — '
            "rename one, or give each its own job"
        ),
    ]


def test_a_path_with_fields_stays_in_the_job(job: Path) -> None:
    loaded = load(
        job,
        (
            'source: media/*.mp4\ncaptions: {file: "../{clip}.srt"}\n'
            'deliverables: [{name: "{clip}", preset: tiktok}]\n'
        ),
    )
    assert not loaded.job.deliverables
    assert str(loaded.job.unmade[1].error) == (
        'job.yaml:2:18  captions.file of clip2.mp4: "../clip2.srt" is outside the job folder — '
        'copy it into the job folder, or add its folder to "libraries"'
    )


def test_an_exception_for_no_clip(job: Path) -> None:
    assert mistakes(job, JOB + "clips: {clip3: {sound: {target: r128}}}\n") == [
        'job.yaml:7:9  clips.clip3: unknown clip "clip3" — did you mean "clip2"? (Café 1, clip2, clip10)'
    ]


@pytest.mark.parametrize(
    "stem",
    ["{lang}", "{clip}", "a\nb", "it's", 'say "hi"', "100%", "a:b", "[x]", "-rf", "{", "x.de", "\U0001f600"],
)
def test_a_clip_of_any_name(tmp_path: Path, stem: str) -> None:
    (made,) = load(
        filled(tmp_path / "job", stem),
        """\
source: media/*.mp4
captions: {file: "captions/{clip}.{lang}.srt", title: "{clip}"}
deliverables: [{name: "x{clip}", preset: tiktok, for: {lang: [de]}}]
""",
    ).job.deliverables
    assert (made.source.stem, text_of(made)) == (stem, f"{stem} in de")
    assert made.settings["captions"].title == "{clip}"  # type: ignore[attr-defined]


def test_a_file_of_exactly_that_name_wins(job: Path) -> None:
    for name in ("media/*.mp4", "captions/{clip}.{lang}.srt"):
        (job / name).write_text("exactly")
    (made,) = load(job, HEAD + "deliverables: [{name: a, preset: tiktok}]\n").job.deliverables
    assert (made.source.name, text_of(made)) == ("*.mp4", "exactly")


def test_a_batch_is_bounded(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_loader, "FILES", 8)
    assert mistakes(job, JOB) == [
        "job.yaml:5:3  deliverables: 3 files of each of 3 clips — "
        "a job makes at most 8 files; split it into several"
    ]
    monkeypatch.setattr(sources, "CLIPS", 2)
    assert mistakes(job, JOB) == [
        "job.yaml:1:9  source: 3 clips — a job takes at most 2 clips; split it into several"
    ]


def test_twenty_clips_of_three_presets_in_two_languages_load_in_300_ms(
    tmp_path: Path, stopwatch: Stopwatch
) -> None:
    job = filled(tmp_path / "job", *(f"clip{number}" for number in range(20)))
    text = HEAD + (
        'deliverables: [{name: "{clip}-{preset}-{lang}", for: {preset: [tiktok, youtube, square], '
        "lang: [en, de]}}]\n"
    )
    with stopwatch(3 * 0.3):
        for _ in range(3):
            assert len(load(job, text, stages.STAGES).job.deliverables) == 120


# A file whose name equals the pattern is that one file.
STEMS = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=30).filter(
    lambda stem: stem[0] != "." and stem != "*"
)


TEMPLATES = st.sampled_from(["{clip}", "{clip}-{lang}", "{preset}{aspect}{clip}{lang}", "{lang}"])


@given(st.lists(STEMS, min_size=1, max_size=4, unique=True), TEMPLATES)
def test_names_are_unique_and_plain_or_there_is_a_mistake(stems: list[str], name: str) -> None:
    text = f'source: "*.mp4"\ndeliverables: [{{name: "{name}", preset: tiktok, for: {{lang: [en, de]}}}}]\n'
    paper = Paper({"job.yaml": text.encode(), **{f"{stem}.mp4": b"" for stem in stems}})
    try:
        made = jobspec.load(Path("/job/job.yaml"), STAGES, lambda folder: paper).job.deliverables
    except FinishError as wrong:
        assert all(line.isprintable() for line in str(wrong).splitlines())
        return
    given_names = [each.name.casefold() for each in made]
    assert len(set(given_names)) == len(given_names) == 2 * len(stems)
    assert all(each.isascii() and each.isprintable() and "/" not in each for each in given_names)
