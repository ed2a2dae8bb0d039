"""How layers are merged, and how each effective value states its origin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_stages import Paper, load
from hypothesis import given
from hypothesis import strategies as st
from timing import Stopwatch

from finish.errors import FinishError
from finish.jobspec.spec_tree import Node, Origin, layered, plain, tree_of, without_nulls
from finish.units import Size

HERE = Origin("job.yaml", Path("/job"))

JOB = """\
job: spring
brand: brand.yaml
source: hero.mp4
captions: {file: hero.srt, sidecar: [srt, vtt]}
encode: {picture: {crf: 20}}
deliverables:
  - {name: "{clip}-{preset}-{aspect}", preset: tiktok}
  - name: wide
    preset: youtube
    captions: {sidecar: [vtt], lines: null}
    sound: null
    encode: {picture: {crf: null, speed: fast}, rate: 29.97}
"""
BRAND = """\
captions:
  lines: 1
sound: {target: -23}
reframe: {calm: 3}
"""


def rows(name: str) -> dict[str, tuple[str, str]]:
    return {row.key: (row.value, row.origin) for row in load(JOB, brand=BRAND).explain(name)}


def test_each_value_tells_who_said_it() -> None:
    told = rows("hero-tiktok-9x16")
    assert told["captions.file"] == ("hero.srt", "job.yaml:4")
    assert told["captions.sidecar"] == ("[srt, vtt]", "job.yaml:4")
    assert told["captions.lines"] == ("1", "brand.yaml:2")
    assert told["captions.burn"] == ("true", "default")
    assert told["captions.title"] == ('""', "default")
    assert told["captions.style"] == ("clean", "default")
    assert told["sound.target"] == ("-23", "brand.yaml:3")
    assert told["reframe.follow"] == ("subject", "preset tiktok (2026-11-22)")
    assert told["reframe.calm"] == ("3", "brand.yaml:4")
    assert told["colour.strength"] == ("1", "default")
    assert told["delivery.picture.crf"] == ("20", "job.yaml:5")
    assert told["delivery.frame"] == ("1080x1920", "preset tiktok (2026-11-22)")
    assert told["delivery.limits.seconds_max"] == ("600", "preset tiktok (2026-11-22)")
    assert told["delivery.preset"] == ("tiktok", "job.yaml:7")


def test_a_list_replaces_and_a_null_unsets_down_to_the_default() -> None:
    told = rows("wide")
    assert told["captions.sidecar"] == ("[vtt]", "job.yaml:10")
    assert told["captions.lines"] == (
        "2",
        "default (unset at job.yaml:10) (departs from the brand: 1, brand.yaml:2)",
    )
    assert told["sound.target"] == (
        "social",
        "default (unset at job.yaml:11) (departs from the brand: -23, brand.yaml:3)",
    )
    assert told["reframe.follow"] == ("pad", "preset youtube (2026-11-22)")


def test_a_null_in_encode_goes_back_to_the_preset() -> None:
    told = rows("wide")
    assert told["delivery.picture.crf"] == ("16", "preset youtube (2026-11-22)")
    assert told["delivery.picture.speed"] == ("fast", "job.yaml:12")
    assert told["delivery.rates.low"] == ("30000/1001", "job.yaml:12")


def test_every_leaf_of_every_stage_and_of_the_delivery_is_explained() -> None:
    loaded = load(JOB, brand=BRAND)
    keys = [row.key for row in loaded.explain("wide")]
    assert len(keys) == len(set(keys))
    expected = {
        f"{name}.{field}"
        for name, model in loaded.job.deliverables[1].settings.items()
        for field in type(model).model_fields
    }
    assert {key for key in keys if not key.startswith("delivery.")} == expected
    assert {key.split(".")[1] for key in keys if key.startswith("delivery.")} == {
        "frame",
        "rates",
        "safe",
        "picture",
        "sound",
        "container",
        "limits",
        "preset",
        "strict",
    }


def test_a_value_is_explained_in_the_words_of_a_file() -> None:
    loaded = load(
        "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok, reframe: {follow: {at: [{from: "
        "0:01.5, x: .5}]}}}]"
    )
    told = {row.key: row.value for row in loaded.explain("a")}
    assert told["reframe.follow.at"] == "[{from: 1.5, x: 0.5}]"


def test_explaining_what_is_not_there() -> None:
    with pytest.raises(FinishError) as wrong:
        load(JOB, brand=BRAND).explain("wide-")
    assert (
        str(wrong.value)
        == 'job.yaml  unknown deliverable "wide-" — did you mean "wide"? (hero-tiktok-9x16, wide)'
    )


def test_the_job_says_what_the_file_says() -> None:
    job = load(JOB, brand=BRAND).job
    assert (job.name, job.folder, job.deliverables[0].source, job.where) == (
        "spring",
        Path("/job"),
        Path("/job/hero.mp4"),
        "job.yaml",
    )
    assert [(deliverable.name, deliverable.where) for deliverable in job.deliverables] == [
        ("hero-tiktok-9x16", "job.yaml:7"),
        ("wide", "job.yaml:8"),
    ]
    assert list(job.deliverables[0].settings) == ["colour", "reframe", "captions", "sound"]
    assert type(job.deliverables[0].settings["captions"].title) is str
    assert job.deliverables[1].settings["captions"].file.data == b"1"


def test_a_job_without_a_name_is_called_like_its_folder() -> None:
    assert load("source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]").job.name == "job"


def test_the_safe_zone_goes_with_the_frame() -> None:
    text = """\
source: hero.mp4
deliverables:
  - {name: a, preset: tiktok, encode: {size: 720x720, safe: {left: 8}}}
  - {name: b, preset: tiktok, encode: {safe: {bottom: 400}}}
"""
    small, same = (deliverable.delivery for deliverable in load(text).job.deliverables)
    assert small.frame == Size(720, 720)
    # tiktok's 250, 480, and 180 px of 1080x1920: 720/1920 of the height, 720/1080 of the width
    assert (small.safe.top, small.safe.bottom, small.safe.left, small.safe.right) == (94, 180, 8, 120)
    assert (same.safe.top, same.safe.bottom, same.safe.left, same.safe.right) == (250, 400, 60, 180)


def test_a_document_is_read_once_for_all_deliverables() -> None:
    paper = Paper(
        {
            "job.yaml": b"""\
source: hero.mp4
captions: {file: hero.srt}
deliverables: [{name: a, preset: tiktok}, {name: b, preset: youtube}]
""",
            "hero.mp4": b"",
            "hero.srt": b"1",
        }
    )
    from fake_stages import STAGES

    from finish import jobspec

    jobspec.load(Path("/job/job.yaml"), STAGES, lambda folder: paper)
    assert paper.opened == ["job.yaml", "hero.srt"]


def test_a_small_job_loads_in_40_ms(stopwatch: Stopwatch) -> None:
    load(JOB, brand=BRAND)  # presets are constants, and read once
    with stopwatch(5 * 0.040):
        for _ in range(5):
            load(JOB, brand=BRAND)


VALUES: Any = st.recursive(
    st.one_of(st.none(), st.integers(0, 9), st.lists(st.integers(0, 9), max_size=2)),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
MAPS: Any = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


def merged(*layers: Any) -> Any:
    node = layered([tree_of(layer, HERE) for layer in layers])
    return plain(node) if node else None


def settled(*layers: Any) -> Node:
    node = layered([tree_of(layer, HERE) for layer in layers])
    assert node is not None
    return node


@given(MAPS, MAPS, MAPS)
def test_lower_layers_may_be_merged_first(high: Any, middle: Any, low: Any) -> None:
    grouped = layered([tree_of(high, HERE), settled(middle, low)])
    assert grouped is not None and plain(grouped) == merged(high, middle, low)


SAME_SHAPE: Any = st.fixed_dictionaries(
    {},
    optional={
        "a": st.integers(0, 9),
        "b": st.lists(st.integers(0, 9), max_size=2),
        "c": st.fixed_dictionaries({}, optional={"a": st.integers(0, 9), "b": st.integers(0, 9)}),
    },
)


@given(SAME_SHAPE, SAME_SHAPE, SAME_SHAPE)
def test_layers_without_nulls_of_one_shape_group_either_way(high: Any, middle: Any, low: Any) -> None:
    grouped = layered([settled(high, middle), tree_of(low, HERE)])
    assert grouped is not None and plain(grouped) == merged(high, middle, low)


@given(MAPS)
def test_a_layer_over_nothing_and_over_itself_is_itself(layer: Any) -> None:
    assert merged(layer, {}) == merged({}, layer) == merged(layer, layer) == merged(layer)


@given(MAPS, st.sampled_from("abc"))
def test_a_null_unsets_whatever_lies_below(low: Any, key: str) -> None:
    assert key not in merged({key: None}, low)
    assert merged({key: 1}, {key: None}, low)[key] == 1


@given(MAPS, MAPS)
def test_stripped_layers_show_what_lies_below_a_null(high: Any, low: Any) -> None:
    seen = layered([without_nulls(tree_of(high, HERE)), tree_of(low, HERE)])
    assert seen is not None
    for key, value in high.items():
        if value is None:
            assert plain(seen).get(key) == merged(low).get(key)


def test_what_a_deliverable_was_checked_with_is_not_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job's own section is validated with its deliverable; if none uses it, it is validated alone."""
    from finish.jobspec import resolver

    layers: list[str] = []
    original = resolver.validate_layer

    def counted(model: type, node: object, *others: object) -> None:
        layers.append(model.__name__)
        original(model, node, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(resolver, "validate_layer", counted)
    visible = "source: hero.mp4\nsound: {target: social}\ndeliverables: [{name: a, preset: youtube}]\n"
    hidden = (
        "source: hero.mp4\nsound: {target: social}\n"
        "deliverables: [{name: a, preset: youtube, sound: {target: r128}}]\n"
    )
    for text, expected in ((visible, 0), (hidden, 1)):
        layers.clear()
        load(text)
        assert len(layers) == expected, layers
