"""The spec with the stages that are shipped: presets, the schema, and the error that everyone makes."""

from __future__ import annotations

import time
from pathlib import Path

import jsonschema
import pytest
from fake_stages import Paper

from finish import resources, spec
from finish.errors import FinishError
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


def load(text: str) -> spec.Loaded:
    paper = Paper({"job.yaml": text.encode(), "hero.mp4": b"", "hero.srt": b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"})
    return spec.load(Path("/job/job.yaml"), STAGES, lambda folder: paper)


def test_a_misspelt_mode_is_told_as_the_readme_promises() -> None:
    with pytest.raises(FinishError) as wrong:
        load(JOB.replace("follow: pad", 'follow: "subjet"'))
    assert str(wrong.value) == (
        'job.yaml:12:23  deliverables[1].reframe.follow: no mode "subjet" — did you mean "subject"? (subject, centre, pad, none)')


@pytest.mark.parametrize("name", resources.names("presets"))
def test_every_preset_is_understood_by_the_stages(name: str) -> None:
    loaded = load(f"source: hero.mp4\ndeliverables: [{{name: a, preset: {name}}}]")
    told = {row.key: row.origin for row in loaded.explain("a")}
    assert told["reframe.follow"] == told["sound.target"] == f"preset {name} (2026-11-22)"
    assert {key.split(".")[0] for key in told} == {*(stage.name for stage in STAGES), "delivery"}


def test_the_schema_knows_every_stage_and_takes_the_job() -> None:
    from ruamel.yaml import YAML

    schema = spec.schema(STAGES)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not list(jsonschema.Draft202012Validator(schema).iter_errors(YAML(typ="safe", pure=True).load(JOB)))
    for stage in STAGES:
        assert schema["properties"][stage.name]["description"], stage.name


def test_loading_takes_under_40_ms() -> None:
    load(JOB)
    took = []
    for _ in range(7):
        started = time.process_time()
        load(JOB)
        took.append(time.process_time() - started)
    assert min(took) < 0.040  # the least of several: a noisy machine only ever adds
