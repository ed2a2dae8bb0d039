"""What a job was first published with outranks what this version brings, and nothing that the job states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_stages import GOOD, STAGES, Paper, load, mistakes
from hypothesis import given
from hypothesis import strategies as st

from finish import jobspec, resources
from finish.jobspec.approvals import approval_name, read_approval
from finish.jobspec.mistakes import Report
from finish.jobspec.model_shape import written_fields
from finish.jobspec.presets import packaged_preset
from finish.jobspec.setting_defaults import setting_defaults, with_defaults
from finish.jobspec.spec_tree import Node, Origin, plain, tree_of
from finish.model import Deliverable, Document
from finish.stages import STAGES as REAL_STAGES

TIKTOK = packaged_preset("tiktok").text
CLEAN = resources.entry("styles", "clean").read_text()


def approved(body: str, text: str = GOOD) -> Deliverable:
    (deliverable,) = load(text, **{"job.approved": f"version: 1\nfinish: 0.0.9\n{body}"}).job.deliverables
    return deliverable


def block(name: str, entry: str, text: str) -> str:
    lines = "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
    return f"{name}:\n  {entry}: |\n{lines}"


def settings(deliverable: Deliverable, section: str) -> Any:
    return deliverable.settings[section]


def test_the_name_belongs_to_a_job_file() -> None:
    assert (
        approval_name("job.yaml") == "job.approved.yaml"
        and approval_name("teaser.yml") == "teaser.approved.yaml"
    )


def test_a_recorded_default_takes_the_place_of_another_one() -> None:
    deliverable = approved("defaults: {captions.lines: 1, sound.low: -3, captions.burn: true}")
    assert settings(deliverable, "captions").lines == 1 and settings(deliverable, "sound").low == -3
    assert deliverable.kept == (
        "default captions.lines",
        "default sound.low",
    )  # burn is true in this version too


def test_what_the_job_states_outranks_it() -> None:
    deliverable = approved("defaults: {captions.lines: 1}", f"{GOOD}captions: {{lines: 2}}\n")
    assert settings(deliverable, "captions").lines == 2 and deliverable.kept == ()


def test_so_does_a_preset() -> None:
    deliverable = approved("defaults: {reframe.follow: none, captions.position: top}")
    assert settings(deliverable, "reframe").follow == "subject"  # TikTok's
    assert settings(deliverable, "captions").position == "auto"


def test_it_is_validated_as_if_the_job_stated_it() -> None:
    assert mistakes(
        GOOD, **{"job.approved": "version: 1\nfinish: 0.0.9\ndefaults: {captions.lines: 7}\n"}
    ) == ['job.approved.yaml:3:28  defaults."captions.lines": 7 is out of range — use 1 to 2']


def test_an_explanation_names_the_line() -> None:
    loaded = load(GOOD, **{"job.approved": "version: 1\nfinish: 0.0.9\ndefaults:\n  captions.lines: 1\n"})
    rows = {row.key: row.origin for row in loaded.explain("one")}
    assert rows["captions.lines"] == "job.approved.yaml:4" and rows["captions.burn"] == "default"


def test_a_recorded_preset_is_kept() -> None:
    text = TIKTOK.replace("bottom: 480", "bottom: 400")
    deliverable = approved(block("presets", "tiktok", text))
    assert (
        text != TIKTOK and deliverable.delivery.safe.bottom == 400 and deliverable.kept == ("preset tiktok",)
    )
    loaded = load(GOOD, **{"job.approved": f"version: 1\nfinish: 0.0.9\n{block('presets', 'tiktok', text)}"})
    (origin,) = [row.origin for row in loaded.explain("one") if row.key == "delivery.safe.bottom"]
    assert origin == f"preset tiktok ({packaged_preset('tiktok').preset.checked}, as approved)"


def test_a_recorded_style_is_kept() -> None:
    text = CLEAN.replace("title:", "title: Old ", 1)
    deliverable = approved(block("styles", "clean", text))
    assert settings(deliverable, "captions").style.data.decode() == text != CLEAN
    assert deliverable.kept == ("style clean",)


def test_what_is_recorded_as_it_is_changes_nothing() -> None:
    defaults = "".join(f"  {path}: {_yaml(value)}\n" for path, value in setting_defaults(STAGES).items())
    body = f"defaults:\n{defaults}{block('presets', 'tiktok', TIKTOK)}{block('styles', 'clean', CLEAN)}"
    assert approved(body) == load(GOOD).job.deliverables[0]


def test_what_a_job_states_does_not_depend_on_defaults() -> None:
    first, other = approved("defaults: {captions.lines: 1}"), load(GOOD).job.deliverables[0]
    changed = load(f"{GOOD}captions: {{lines: 1}}\n").job.deliverables[0]
    assert first.spec_digest == other.spec_digest != changed.spec_digest


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        (
            "version: 2\nfinish: 9.0.0\n",
            "1:10  version: a later version of finish wrote this file — upgrade finish, or delete the file",
        ),
        (
            "version: 1\n",
            '1:1  finish: missing — add "finish: …" (the version of finish that published the job first)',
        ),
        (
            "version: 1\nfinish: 0.1.0\npresets: {tiktok: 3}\n",
            '3:19  presets.tiktok: must be text, not 3 — put it in quotes: "3"',
        ),
        (
            "version: 1\nfinish: 0.1.0\nstyles: *a\n",
            "3:9  styles: an alias (*a) isn't allowed — write the value itself, or put text in quotes: "
            'styles: "*a"',
        ),
        (
            "version: 1\nfinish: 0.1.0\nnew: 1\n",
            "3:1  new: unknown key — "
            "use one of: version, finish, brand, presets, styles, titles, looks, defaults, analysers",
        ),
    ],
)
def test_a_mistake_in_it_has_its_place(body: str, mistake: str) -> None:
    assert mistakes(GOOD, **{"job.approved": body}) == [f"job.approved.yaml:{mistake}"]


def test_so_has_one_in_a_recorded_preset() -> None:
    lines = mistakes(GOOD, **{"job.approved": "version: 1\nfinish: 0.1.0\npresets: {tiktok: 'title: X'}\n"})
    assert all(line.startswith("job.approved.yaml: presets.tiktok:1:1  ") for line in lines)


def test_defaults_of_what_a_list_holds() -> None:
    model = next(stage.Settings for stage in REAL_STAGES if stage.name == "mix")
    stated = tree_of(
        {"effects": [{"file": "a.wav"}, {"file": "b.wav", "gain": 3}]}, Origin("job.yaml", resources.PACKAGE)
    )
    kept = {"mix.effects.gain": Node(-6, Origin("job.approved.yaml", resources.PACKAGE))}
    assert plain(with_defaults(stated, model, "mix", kept))["effects"] == (
        {"file": "a.wav", "gain": -6},
        {"file": "b.wav", "gain": 3},
    )


def test_a_map_that_nobody_states_stays_absent() -> None:
    model = next(stage.Settings for stage in REAL_STAGES if stage.name == "composite")
    kept = {"composite.logo.height": Node(0.2, Origin("job.approved.yaml", resources.PACKAGE))}
    assert (
        plain(with_defaults(tree_of({}, Origin("job.yaml", resources.PACKAGE)), model, "composite", kept))
        == {}
    )


@given(st.dictionaries(st.sampled_from(sorted(setting_defaults(STAGES))), st.integers(0, 1), max_size=5))
def test_filling_in_twice_is_filling_in_once(values: dict[str, int]) -> None:
    origin = Origin("job.approved.yaml", resources.PACKAGE)
    kept = {path: Node(value, origin) for path, value in values.items()}
    for stage in STAGES:
        once = with_defaults(Node({}, origin), stage.Settings, stage.name, kept)
        assert with_defaults(once, stage.Settings, stage.name, kept) == once


def test_a_null_unsets_what_a_layer_states_and_keeps_the_approved_default() -> None:
    body = "defaults: {captions.lines: 1, captions.burn: false}"
    leaf = approved(body, f"{GOOD}captions: {{lines: null}}\n")
    section = approved(body, GOOD.replace("preset: tiktok", "preset: tiktok, captions: null"))
    assert [settings(deliverable, "captions").lines for deliverable in (leaf, section)] == [1, 1]
    assert leaf.kept == section.kept == ("default captions.burn", "default captions.lines")


def test_a_map_that_only_holds_approved_defaults_is_no_part_of_the_spec() -> None:
    def of(values: str) -> Deliverable:
        text = f"version: 1\nfinish: 0.0.9\ndefaults: {{{values}}}\n"
        paper = Paper({"job.yaml": GOOD.encode(), "hero.mp4": b"", "job.approved.yaml": text.encode()})
        return jobspec.load(Path("/job/job.yaml"), REAL_STAGES, lambda _: paper).job.deliverables[0]

    assert of("mix.clip.gain: -3").spec_digest == of("").spec_digest
    assert of("mix.clip.gain: -3").kept == ("default mix.clip.gain",)
    assert of("mix.clip.gain: -3").settings["mix"].clip.gain == -3


def test_the_names_of_fields_count_too() -> None:
    """Python may write `start` where a file writes `from`."""
    model = next(stage.Settings for stage in REAL_STAGES if stage.name == "composite")
    kept = {"composite.logo.height": Node(0.2, Origin("job.approved.yaml", resources.PACKAGE))}
    stated = tree_of({"logo": {"file": "logo.png", "start": 1}}, Origin("python", resources.PACKAGE))
    assert plain(with_defaults(stated, model, "composite", kept))["logo"]["height"] == 0.2


def test_a_preset_that_differs_in_words_alone_is_the_packaged_one() -> None:
    text = TIKTOK.replace("checked: 20", "checked: 19", 1).replace("# ", "# Once: ", 1)
    assert text != TIKTOK and approved(block("presets", "tiktok", text)).kept == ()


def test_a_style_that_differs_in_words_alone_is_the_packaged_one() -> None:
    assert approved(block("styles", "clean", f"# Once.\n{CLEAN}")).kept == ()


def test_an_empty_file_is_named() -> None:
    assert mistakes(GOOD, **{"job.approved": " "}) == ["job.approved.yaml  the file is empty — delete it"]


def test_no_escape_sequence_gets_to_the_screen() -> None:
    (line,) = mistakes(GOOD, **{"job.approved": 'version: 1\nfinish: "0.1\\e[31m"\n'})
    assert line.startswith("job.approved.yaml:2:9  finish: ") and "\x1b" not in line


def test_a_recorded_preset_is_read_once() -> None:
    text = TIKTOK.replace("bottom: 480", "bottom: 400")
    body = f"version: 1\nfinish: 0.0.9\n{block('presets', 'tiktok', text)}"
    kept = read_approval(Paper({"job.approved.yaml": body.encode()}), "job.yaml", Report("job.yaml"))
    assert kept is not None and kept.preset("tiktok", Report("a")) is kept.preset("tiktok", Report("b"))


def test_every_plain_default_can_be_stated() -> None:
    """A default is recorded in the form in which a job file states it."""
    for stage in REAL_STAGES:
        for key, (name, field) in written_fields(stage.Settings).items():
            value = setting_defaults([stage]).get(f"{stage.name}.{key}")
            if value is not None and not isinstance(value, tuple):
                loaded = _real(f"{GOOD}{stage.name}: {{{key}: {_yaml(value)}}}\n")
                stated = getattr(loaded.settings[stage.name], name)
                shown = stated.path.parent.name if isinstance(stated, Document) else stated
                assert shown == field.default, key


def _yaml(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value).lower()


def _real(text: str) -> Deliverable:
    paper = Paper({"job.yaml": text.encode(), "hero.mp4": b""})
    return jobspec.load(Path("/job/job.yaml"), REAL_STAGES, lambda _: paper).job.deliverables[0]
