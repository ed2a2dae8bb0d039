"""What a job can change of its destination's delivery, and the resulting delivery."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Any, Final, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, create_model

from finish.jobspec.mistakes import Report
from finish.jobspec.presets import LoadedPreset
from finish.jobspec.spec_tree import Node, Origin, layered, without_nulls
from finish.jobspec.validation import validated
from finish.model import AAC, H264, PCM, Delivery, FrameSize, ProRes, Rate, Rates, SafeZone, Settings
from finish.units import Size, number

# The largest side of an H.264 frame below level 6 (ITU-T H.264 table A-1: 4096x2304 at level 5.2); below
# 64 px, nothing is legible.
SIDES: Final = (64, 4096)
HIGHEST_RATE: Final = 240  # Hz; no destination accepts more than 120
_RATE: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?|[0-9]{1,6}/[1-9][0-9]{0,5}")


def _usable(size: Size) -> Size:
    low, high = SIDES
    if any(side % 2 or not low <= side <= high for side in (size.width, size.height)):
        raise ValueError(f"{size} is out of range — use even sides of {low} to {high} px")
    return size


def _short(value: Any) -> Any:
    # Fraction("1e999999999") would take forever.
    if isinstance(value, str) and not _RATE.fullmatch(value):
        raise ValueError("isn't a frame rate — write 25, 29.97 or 30000/1001")
    return value


def _possible(rate: Fraction) -> Fraction:
    if not 1 <= rate <= HIGHEST_RATE:
        raise ValueError(f"{number(rate)} is out of range — use 1 to {HIGHEST_RATE}")
    return rate


def _optional(model: type[BaseModel], *names: str, about: str) -> Any:
    """A model with the named fields of `model`, each of them optional."""
    fields: dict[str, Any] = {}
    for name in names:
        field = model.model_fields[name]
        kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        fields[name] = (kind | None, Field(None, description=field.description))
    return create_model(f"Encode{model.__name__}", __base__=Settings, __doc__=about, **fields)


_CODECS: Final = {
    get_args(codec.model_fields["codec"].annotation)[0]: codec for codec in (H264, ProRes, AAC, PCM)
}
_Picture = _optional(H264, "crf", "max_rate", "speed", "gop", about="How the picture is encoded.")
_Sound = _optional(AAC, "bit_rate", about="How the sound is encoded; kbit/s.")
_Safe = _optional(SafeZone, *SafeZone.model_fields, about="The width (px) of each edge without text.")


class Encode(Settings):
    """What a job can change of its destination's delivery; everything else comes from the preset."""

    size: Annotated[FrameSize, AfterValidator(_usable)] | None = Field(
        default=None, description="the frame, such as 1080x1920"
    )
    rate: Annotated[Rate, BeforeValidator(_short), AfterValidator(_possible)] | None = Field(
        default=None,
        description="frames a second to which every clip is converted; one that the destination accepts",
    )
    # Types made of the delivery's own fields, so that each bound is stated once; mypy can't follow that.
    picture: _Picture | None = Field(  # type: ignore[valid-type]
        None, description="how the picture is encoded"
    )
    sound: _Sound | None = Field(  # type: ignore[valid-type]
        None, description="how the sound is encoded"
    )
    safe: _Safe | None = Field(  # type: ignore[valid-type]
        None, description="px of each edge without text"
    )


@dataclass(frozen=True)
class EncodeChange:
    """What a job changes of a delivery: the values, and their tree (layered, without nulls)."""

    encode: Encode
    tree: Node


def encode_change(layers: Sequence[Node | None], report: Report, entry: Origin) -> EncodeChange | None:
    """The `encode` sections of a deliverable and its job as one; None if there is a mistake in them."""
    merged = layered(layers)
    tree = without_nulls(merged) if merged and merged.value is not None else Node({}, entry.under("encode"))
    encode = validated(Encode, tree, report)
    return EncodeChange(encode, tree) if encode else None


def changed_delivery(
    preset: LoadedPreset, changes: EncodeChange, name: Node, report: Report
) -> tuple[Delivery | None, Node]:
    """The destination's delivery with `changes`, and its tree; None if it isn't possible (see `report`).

    `name` is the node that names the preset. Sides of the safe zone that the job doesn't state are scaled
    with the frame.
    """
    base = preset.tree.entries["delivery"]
    if not _codecs_take(changes, preset, base, report):
        return None, base
    tree = _tree(base, changes.tree, preset, name)
    if changes.encode.size:
        tree = _safe_scaled(tree, base, changes)
    delivery = validated(Delivery, tree, report)
    if delivery is None:
        return None, tree
    fits = [_rate_taken(changes, preset, report), _room_left(delivery, tree, changes, report)]
    return (delivery if all(fits) else None), tree


def _codecs_take(changes: EncodeChange, preset: LoadedPreset, base: Node, report: Report) -> bool:
    """Whether the destination's codecs have the settings that a job states: ProRes and PCM have none."""
    unknown = [
        (node.key or node.origin, key, codec.value)
        for part in ("picture", "sound")
        if (stated := changes.tree.at(part)) and (own := base.at(part)) and (codec := own.at("codec"))
        for key, node in stated.entries.items()
        if codec.value in _CODECS and key not in _CODECS[codec.value].model_fields
    ]
    for origin, key, codec_name in unknown:
        message = f"{preset.name} is encoded as {codec_name}, which has no {key}"
        report.add(origin, message, "state it in the deliverables that have it")
    return not unknown


def _tree(base: Node, stated: Node, preset: LoadedPreset, name: Node) -> Node:
    user = stated.entries
    fields = {part: user[part] for part in ("picture", "sound", "safe") if part in user}
    if "size" in user:
        fields["frame"] = user["size"]
    if "rate" in user:
        fields["rates"] = Node(dict.fromkeys(Rates.model_fields, user["rate"]), user["rate"].origin)
    fields["preset"] = Node(preset.name, name.origin)
    if limits := preset.tree.entries.get("limits"):
        fields["limits"] = limits
    tree = layered([Node(fields, stated.origin), base])
    assert tree is not None
    return tree


def _safe_scaled(tree: Node, base: Node, changes: EncodeChange) -> Node:
    """Insets are pixels of the preset's own frame; in another frame, they are the same share of its side."""
    own, size = Size.parse(str(base.entries["frame"].value)), changes.encode.size or Size(1, 1)
    stated, safe = changes.tree.at("safe"), tree.at("safe")
    scaled = dict(safe.entries) if safe else {}
    for side, node in scaled.items():
        across = side in ("left", "right")
        share = Fraction(size.width, own.width) if across else Fraction(size.height, own.height)
        if isinstance(node.value, int) and not (stated and side in stated.entries):
            scaled[side] = replace(node, value=round(node.value * share))
    return replace(tree, value={**tree.entries, "safe": Node(scaled, tree.origin)})


def _rate_taken(changes: EncodeChange, preset: LoadedPreset, report: Report) -> bool:
    rate, rates = (
        changes.encode.rate,
        validated(Rates, preset.tree.entries["delivery"].entries["rates"], report),
    )
    if rate is None or rates is None or rates.low <= rate <= rates.high:
        return True
    hint = f"{preset.preset.title} takes {number(rates.low)} to {number(rates.high)} frames a second"
    report.add(changes.tree.entries["rate"].origin, f"{number(rate)} is out of range", hint)
    return False


def _room_left(delivery: Delivery, tree: Node, changes: EncodeChange, report: Report) -> bool:
    box = delivery.safe.within(delivery.frame)
    if box.left < box.right and box.top < box.bottom:
        return True
    at = changes.tree.at("safe") or tree.entries["safe"]
    report.add(at.origin, f"leaves no space for text in {delivery.frame}", "make it smaller")
    return False
