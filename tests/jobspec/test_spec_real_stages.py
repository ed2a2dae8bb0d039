"""The job spec with the shipped stages: presets, the schema, and the most common error."""

from __future__ import annotations

import re
import wave
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fake_stages import Paper
from timing import Stopwatch

from finish import jobspec, resources
from finish.errors import FinishError
from finish.media.job_files import JobFiles
from finish.stages import STAGES

JOB = """\
# a comment
job: spring
source: hero.mp4
captions: {file: hero.srt, style: clean}
colour: {looks: [warm], strength: 0.8}

deliverables:
  - name: hero-tiktok
    preset: tiktok
  - name: hero-youtube
    preset: youtube
    reframe: {follow: pad}
"""


def load(text: str) -> jobspec.LoadedJob:
    paper = Paper(
        {"job.yaml": text.encode(), "hero.mp4": b"", "hero.srt": b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"}
    )
    return jobspec.load(Path("/job/job.yaml"), STAGES, lambda folder: paper)


def test_a_misspelt_mode_is_told_as_the_readme_promises() -> None:
    with pytest.raises(FinishError) as wrong:
        load(JOB.replace("follow: pad", 'follow: "subjet"'))
    assert str(wrong.value) == (
        'job.yaml:12:23  deliverables[1].reframe.follow: unknown mode "subjet" — '
        'did you mean "subject"? (subject, centre, pad, none)'
    )


@pytest.mark.parametrize("name", resources.names("presets"))
def test_every_preset_is_understood_by_the_stages(name: str) -> None:
    loaded = load(f"source: hero.mp4\ndeliverables: [{{name: a, preset: {name}}}]")
    told = {row.key: row.origin for row in loaded.explain("a")}
    assert told["reframe.follow"] == told["sound.target"] == f"preset {name} (2026-11-22)"
    assert {key.split(".")[0] for key in told} == {*(stage.name for stage in STAGES), "delivery"}


def test_the_schema_knows_every_stage_and_takes_the_job() -> None:
    from ruamel.yaml import YAML

    schema = jobspec.schema(STAGES)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not list(
        jsonschema.Draft202012Validator(schema).iter_errors(YAML(typ="safe", pure=True).load(JOB))
    )
    for stage in STAGES:
        assert schema["properties"][stage.name]["description"], stage.name


def test_loading_takes_under_40_ms(stopwatch: Stopwatch) -> None:
    load(JOB)
    with stopwatch(7 * 0.040):
        for _ in range(7):
            load(JOB)


def on_disk(folder: Path, text: str) -> jobspec.LoadedJob:
    """A job folder with two sound-only clips, and a transcript."""
    for name in ("one", "two"):
        tone(folder / f"{name}.wav")
    (folder / "words.json").write_text('[{"word": "um", "start": 1, "end": 1.5}]')
    (folder / "job.yaml").write_text(text)
    return jobspec.load(folder, STAGES, JobFiles)


def tone(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(9600))


@pytest.mark.parametrize(
    ("album", "names"),
    [("true", ["one.wav", "two.wav"]), ("[two.wav]", ["two.wav"]), ("false", []), ("[]", [])],
)
def test_an_album_is_all_clips_of_the_job_or_those_named(
    tmp_path: Path, album: str, names: list[str]
) -> None:
    loaded = on_disk(
        tmp_path,
        (
            f'source: "*.wav"\nsound: {{album: {album}}}\n'
            f'deliverables: [{{name: "{{clip}}", preset: youtube}}]\n'
        ),
    )
    for deliverable in loaded.job.deliverables:
        sound: Any = deliverable.settings["sound"]
        assert [source.path.name for source in sound.album] == names


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("sound: {album: [no.wav]}", 'no such file: "no.wav"'),
        ("mix: {music: {file: words.json}}", "words.json"),
        ("mix: {music: {file: ../one.wav}}", "is outside the job folder"),
        ("sound: {album: 3}", "sound.album"),
        ("pacing: {fillers: true}", "need word times"),
        ("pacing: {fillers: true, words: no.json}", 'no such file: "no.json"'),
        ("pacing: {speed: 7}", "pacing.speed"),
        ("pacing: {speed: [{by: 2, rang: 1-2}]}", "rang"),
        ("pacing: {cut: [{text: 3}]}", "pacing.cut"),
        ("pacing: {cut: [nonsense]}", "pacing.cut"),
        ("pacing: {fit: {max: 3, exactly: 4}}", "either max or exactly"),
    ],
)
def test_mistakes_in_sound_and_pacing_have_their_place(tmp_path: Path, section: str, told: str) -> None:
    with pytest.raises(FinishError, match=r"job\.yaml:2:\d+ .*" + re.escape(told)) as wrong:
        on_disk(tmp_path, f"source: one.wav\n{section}\ndeliverables: [{{name: a, preset: youtube}}]\n")
    assert "pydantic" not in str(wrong.value) and len(str(wrong.value)) < 400, wrong.value


@pytest.mark.parametrize(
    "section",
    [
        "pacing: {fillers: [um], words: words.json}",
        "pacing: {fillers: true, words: speech}",
        "pacing: {speed: 1.25, fit: {max: 1:02}}",
        "pacing: {speed: [{range: 3-8, by: 2}], cut: [3-4, {text: so what}], words: words.json}",
        "mix: {music: {file: two.wav, from: 0.01, duck: null}}",
    ],
)
def test_pacing_and_mix_as_the_readme_writes_them(tmp_path: Path, section: str) -> None:
    loaded = on_disk(tmp_path, f"source: one.wav\n{section}\ndeliverables: [{{name: a, preset: youtube}}]\n")
    assert loaded.explain("a")
