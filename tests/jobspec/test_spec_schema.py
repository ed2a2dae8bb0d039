"""The JSON Schema: editors accept what the loader accepts."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from fake_stages import STAGES, load
from ruamel.yaml import YAML

from finish import jobspec, resources
from finish.errors import FinishError

SCHEMA = jobspec.schema(STAGES)
CHECK = jsonschema.Draft202012Validator(SCHEMA)

GOOD = [
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]",
    """\
job: spring
brand: brand.yaml
libraries: [/srv/brands]
source: hero.mp4
captions: {file: hero.srt, sidecar: [srt], margins: {left: 0.5}}
colour: {strength: 0.5, looks: []}
sound: null
reframe: {follow: {}}
encode: {size: 720x1280, rate: 29.97, safe: {left: null}}
deliverables:
  - name: "{clip}"
    preset: tiktok
    reframe: {follow: {at: [{from: 1:00, x: 0.5}]}}
    encode: {picture: {crf: 20, speed: fast}}
  - {name: b, preset: youtube, reframe: {follow: subject}, sound: {target: -20, fade: null}}
""",
    """\
version: 3
source: ["*.mp4", hero.mp4]
clips: {hero: {sound: {target: -20}, encode: {size: 720x1280}, captions: null}}
deliverables:
  - {name: "{clip}-{lang}-{version}", preset: tiktok, for: {lang: [en, pt-BR]}}
  - {name: "{clip}-{preset}-{lang}", for: {preset: [tiktok, youtube], lang: [en]}, captions: {burn: false}}
""",
    """\
timeline:
  - {clip: hero.mp4, in: 1.2, out: 8f, name: a, transition: dip, colour: {strength: 0.5}, sound: {lead: 8f}}
  - {clip: hero.mp4, seconds: 0:02, speed: [{at: 0, by: 1}, {at: 2, by: 3}], transition: {whip: 0.3}}
  - {gap: black, seconds: 1}
  - {card: title, title: Spring, seconds: 1, background: null}
  - {split: [{clip: hero.mp4}, {clip: hero.mp4, speed: 2}], layout: rows, reframe: {follow: subject}}
over:
  - {clip: hero.mp4, at: {segment: a, offset: 1f}, place: top-left, width: 0.3}
deliverables: [{name: a, preset: tiktok, only: [a]}]
""",
    """\
timelines: {a: [{clip: hero.mp4}], b: {timeline: [{gap: 1}], sound: {target: -20}}}
deliverables: [{name: "{clip}", preset: tiktok}]
""",
]
BAD = [
    "deliverables: [{name: a, preset: tiktok}]",
    "source: hero.mp4",
    "timeline: [{gap: 1}]\nsource: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]",
    "timeline: []\ndeliverables: [{name: a, preset: tiktok}]",
    "timeline: [hero.mp4]\ndeliverables: [{name: a, preset: tiktok}]",
    "timeline: [{clip: hero.mp4, transition: disolve}]\ndeliverables: [{name: a, preset: tiktok}]",
    "timeline: [{clip: hero.mp4, speed: 5}]\ndeliverables: [{name: a, preset: tiktok}]",
    "timeline: [{clip: hero.mp4, sound: {gan: 1}}]\ndeliverables: [{name: a, preset: tiktok}]",
    "timeline: [{clip: hero.mp4, colour: {strength: 2}}]\ndeliverables: [{name: a, preset: tiktok}]",
    "timeline: [{gap: 1}]\nover: [{clip: hero.mp4}]\ndeliverables: [{name: a, preset: tiktok}]",
    "timelines: {a: [{gaap: 1}]}\ndeliverables: [{name: a, preset: tiktok}]",
    "source: hero.mp4\ndeliverables: []",
    "source: hero.mp4\ndeliverables: [{name: a}]",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktk}]",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\ncolor: {}",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\ncolour: {strength: 2}",
    'source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\ncolour: {strength: "1"}',
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\ncolour: {strengh: 1}",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok, reframe: {follow: subjet}}]",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok, reframe: {follow: {at: [{x: 0.5}]}}}]",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\ncaptions: {burn: no}",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\nencode: {picture: {codec: libx265}}",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\nencode: {picture: {crf: 99}}",
    "source: []\ndeliverables: [{name: a, preset: tiktok}]",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\nversion: 1.5",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\nclips: {hero: {sound: {target: lowd}}}",
    "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\nclips: {hero: {name: b}}",
    "source: hero.mp4\ndeliverables: [{name: a, for: {lang: [en]}}]",
    "source: hero.mp4\ndeliverables: [{name: a, for: {lang: []}, preset: tiktok}]",
    "source: hero.mp4\ndeliverables: [{name: a, for: {preset: [tiktk]}}]",
    "source: hero.mp4\ndeliverables: [{name: a, for: {preset: [tiktok]}, preset: tiktok}]",
]


def data(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", GOOD)
def test_what_the_loader_takes_the_editor_takes(text: str) -> None:
    load(text.replace("libraries: [/srv/brands]\n", ""), brand="{}")
    assert not list(CHECK.iter_errors(data(text)))


@pytest.mark.parametrize("text", BAD)
def test_what_the_editor_refuses_the_loader_refuses(text: str) -> None:
    assert list(CHECK.iter_errors(data(text)))
    with pytest.raises(FinishError):
        load(text)


def test_sections_are_described_and_presets_listed() -> None:
    entry = SCHEMA["properties"]["deliverables"]["items"]["properties"]
    assert entry["preset"]["enum"] == list(resources.names("presets"))
    assert (
        SCHEMA["properties"]["colour"]["description"] == entry["colour"]["description"] == "Looks, in order."
    )
    strength = SCHEMA["properties"]["colour"]["anyOf"][0]["properties"]["strength"]
    assert (strength["description"], strength["default"]) == ("how much of the looks", 1.0)
    assert "$ref" not in str(SCHEMA)
