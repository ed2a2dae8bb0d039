"""What a job may change of its destination's delivery, and the delivery that comes of it."""

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

# Largest H.264 frame side below level 6 (ITU-T H.264 table A-1: 4096x2304 at level 5.2); below 64 px nothing can be read.
SIDES: Final = (64, 4096)
HIGHEST_RATE: Final = 240  # Hz; no destination takes more than 120
_RATE: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?|[0-9]{1,6}/[1-9][0-9]{0,5}")


def _usable(size: Size) -> Size:
    low, high = SIDES
    if any(side % 2 or not low <= side <= high for side in (size.width, size.height)):
        raise ValueError(f"{size} is out of range — wanted even sides of {low} to {high} pixels")
    return size


def _short(value: Any) -> Any:
    # Fraction("1e999999999") would be computed.
    if isinstance(value, str) and not _RATE.fullmatch(value):
        raise ValueError("no frame rate — write 25, 29.97 or 30000/1001")
    return value


def _possible(rate: Fraction) -> Fraction:
    if not 1 <= rate <= HIGHEST_RATE:
        raise ValueError(f"{number(rate)} is out of range — wanted 1 to {HIGHEST_RATE}")
    return rate


def _some(model: type[BaseModel], *names: str, about: str) -> Any:
    """The named fields of `model`, each of which may be left out."""
    fields: dict[str, Any] = {}
    for name in names:
        field = model.model_fields[name]
        kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        fields[name] = (kind | None, Field(None, description=field.description))
    return create_model(f"Encode{model.__name__}", __base__=Settings, __doc__=about, **fields)


_CODECS: Final = {
    get_args(codec.model_fields["codec"].annotation)[0]: codec for codec in (H264, ProRes, AAC, PCM)
}
_Picture = _some(H264, "crf", "max_rate", "speed", "gop", about="How the picture is encoded.")
_Sound = _some(AAC, "bit_rate", about="How the sound is encoded; kbit/s.")
_Safe = _some(SafeZone, *SafeZone.model_fields, about="Pixels of each edge where no text may stand.")


class Encode(Settings):
    """What a job may change of its destination's delivery; all else is the preset's."""

    size: Annotated[FrameSize, AfterValidator(_usable)] | None = Field(
        default=None, description="the frame, as 1080x1920"
    )
    rate: Annotated[Rate, BeforeValidator(_short), AfterValidator(_possible)] | None = Field(
        default=None,
        description="frames a second to which every clip is converted; within what the destination takes",
    )
    # Made of the delivery's own fields, so that each bound stands in one place; a type checker cannot follow that.
    picture: Annotated[_Picture | None, Field(description="how the picture is encoded")] = None  # type: ignore[valid-type]
    sound: Annotated[_Sound | None, Field(description="how the sound is encoded")] = None  # type: ignore[valid-type]
    safe: Annotated[_Safe | None, Field(description="px of each edge without text")] = None  # type: ignore[valid-type]


@dataclass(frozen=True)
class EncodeChange:
    """What a job changes of a delivery: the values, and the tree (layered, without nulls) that they stand in."""

    encode: Encode
    tree: Node


def change(layers: Sequence[Node | None], report: Report, entry: Origin) -> EncodeChange | None:
    """The `encode` sections of a deliverable and its job as one; None when there is a mistake in them."""
    said = layered(layers)
    tree = without_nulls(said) if said and said.value is not None else Node({}, entry.under("encode"))
    encode = validated(Encode, tree, report)
    return EncodeChange(encode, tree) if encode else None


def delivery(
    shelf: LoadedPreset, asked: EncodeChange, name: Node, report: Report
) -> tuple[Delivery | None, Node]:
    """The destination's delivery as it was `asked` for, and the tree it is made of; `name` is where the preset is named.

    Sides of the safe zone that nobody stated grow and shrink with the frame. None when something cannot be; see `report`.
    """
    base = shelf.tree.entries["delivery"]
    if not _codecs_take(asked, shelf, base, report):
        return None, base
    tree = _tree(base, asked.tree, shelf, name)
    if asked.encode.size:
        tree = _safe_scaled(tree, base, asked)
    made = validated(Delivery, tree, report)
    if made is None:
        return None, tree
    fits = [_rate_taken(asked, shelf, report), _room_left(made, tree, asked, report)]
    return (made if all(fits) else None), tree


def _codecs_take(asked: EncodeChange, shelf: LoadedPreset, base: Node, report: Report) -> bool:
    """Whether the destination's codecs have what is asked of them: ProRes and PCM leave nothing to choose."""
    unknown = [
        (node.key or node.origin, key, codec.value)
        for part in ("picture", "sound")
        if (stated := asked.tree.at(part)) and (chosen := base.at(part)) and (codec := chosen.at("codec"))
        for key, node in stated.entries.items()
        if codec.value in _CODECS and key not in _CODECS[codec.value].model_fields
    ]
    for origin, key, codec_name in unknown:
        report.add(
            origin,
            f"{shelf.name} is encoded by {codec_name}, which has no {key}",
            "state it in the deliverables that have it",
        )
    return not unknown


def _tree(base: Node, stated: Node, shelf: LoadedPreset, name: Node) -> Node:
    user = stated.entries
    fields = {part: user[part] for part in ("picture", "sound", "safe") if part in user}
    if "size" in user:
        fields["frame"] = user["size"]
    if "rate" in user:
        fields["rates"] = Node(dict.fromkeys(Rates.model_fields, user["rate"]), user["rate"].origin)
    fields["preset"] = Node(shelf.name, name.origin)
    if limits := shelf.tree.entries.get("limits"):
        fields["limits"] = limits
    tree = layered([Node(fields, stated.origin), base])
    assert tree is not None
    return tree


def _safe_scaled(tree: Node, base: Node, asked: EncodeChange) -> Node:
    """Insets are pixels of the preset's own frame: another frame takes the same share of its side."""
    own, size = Size.parse(str(base.entries["frame"].value)), asked.encode.size or Size(1, 1)
    stated, safe = asked.tree.at("safe"), tree.at("safe")
    scaled = dict(safe.entries) if safe else {}
    for side, node in scaled.items():
        share = (
            Fraction(size.width, own.width)
            if side in ("left", "right")
            else Fraction(size.height, own.height)
        )
        if isinstance(node.value, int) and not (stated and side in stated.entries):
            scaled[side] = replace(node, value=round(node.value * share))
    return replace(tree, value={**tree.entries, "safe": Node(scaled, tree.origin)})


def _rate_taken(asked: EncodeChange, shelf: LoadedPreset, report: Report) -> bool:
    rate, rates = asked.encode.rate, validated(Rates, shelf.tree.entries["delivery"].entries["rates"], report)
    if rate is None or rates is None or rates.low <= rate <= rates.high:
        return True
    takes = f"{shelf.preset.title} takes {number(rates.low)} to {number(rates.high)}"
    report.add(asked.tree.entries["rate"].origin, f"{number(rate)} is out of range", takes)
    return False


def _room_left(made: Delivery, tree: Node, asked: EncodeChange, report: Report) -> bool:
    box = made.safe.within(made.frame)
    if box.left < box.right and box.top < box.bottom:
        return True
    at = asked.tree.at("safe") or tree.entries["safe"]
    report.add(at.origin, f"leaves no room for text in {made.frame}", "make it smaller")
    return False
