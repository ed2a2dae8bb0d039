"""Colour: looks, composed into one cube and applied in float, so that the picture is rounded only once, at delivery."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field, field_validator

from finish.errors import FinishError
from finish.graph import Kind, Stream
from finish.model import Analyser, Ask, Delivery, Document, Look, Programme, Promise
from finish.model import Settings as Base
from finish.stages.colour import reading
from finish.stages.colour.baked import Baked, bake, steps
from finish.stages.colour.balance import Balance
from finish.stages.colour.camera import RENDERING, Camera

name: Final = "colour"
touches: Final[tuple[Kind, ...]] = ("video",)

_Looks = Annotated[tuple[Look, ...], Field(description="looks in the order in which they are applied: ours by name, or a .cube file")]
_Strength = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, description="how much of each look is mixed in: 0 none, 1 all of it")]


class Settings(Base):
    """A camera's picture is rendered for BT.709, balanced, then given its looks, which take and give code values of 0 to 1."""

    looks: _Looks = ()
    strength: _Strength = 1.0
    camera: Camera | None = None
    balance: Balance = Balance()

    @field_validator("looks")
    @classmethod
    def _readable(cls, looks: tuple[Document, ...]) -> tuple[Document, ...]:
        """A look that cannot be understood is told with every other mistake of the spec."""
        for look in looks:
            try:
                reading.read(look.data, look.path.name)
            except FinishError as wrong:
                raise ValueError(str(wrong)) from wrong
        return looks


def questions(settings: Settings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None: a look does not depend on what the picture shows."""
    return ()


def standing(settings: Settings) -> tuple[Promise, ...]:  # noqa: ARG001
    """None: how a picture should look is not to be measured."""
    return ()


def plan(settings: Settings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:  # noqa: ARG001
    """The programme with its looks on; without a look, or at strength 0, the same programme."""
    looks = settings.looks if settings.strength else ()
    if not looks and not steps(settings.camera, settings.balance):
        return programme
    baked = bake(looks, settings.strength, settings.camera, settings.balance)
    return programme.but(picture=graded(programme.picture, baked), notes=(said(settings, baked),))


def graded(picture: Stream, baked: Baked) -> Stream:
    """The picture through a cube: to full-range RGB in float by the matrix that the picture is tagged with, then the cube.

    The tags are conform's `setparams`; zscale refuses an untagged picture. On flat 4:2:0 patches the way there and back adds
    nothing to what 8-bit rounding costs (ΔE2000; plain 8-bit `lut3d` doubles it). spline36 rather than zscale's bilinear
    keeps 7 dB more of the chroma. No filter moves light between pixels but for chroma interpolation: all are pointwise.
    """
    rgb = picture.filter("zscale", filter="spline36", matrix="gbr", primaries="709", transfer="709", range="full", pointwise=True)
    return rgb.filter("format", pix_fmts="gbrpf32le", pointwise=True).filter("lut3d", file=baked, interp="tetrahedral", pointwise=True)


def said(settings: Settings, baked: Baked) -> str:
    """As "colour: warm + matte at 80 % in one 33³ cube, off by at most 0.31 and on average 0.02 codes of 255"."""
    looks = " + ".join(look.path.stem for look in settings.looks)
    mixed = "" if settings.strength == 1 else f" at {settings.strength:.0%}"
    camera = f"{settings.camera} (full scale of the RGB picture) rendered by {RENDERING}" if settings.camera else ""
    mixed_in = f"{looks}{mixed}" if looks and settings.strength else ""
    what = ", then ".join(each for each in (camera, settings.balance.stated, mixed_in) if each)
    off = f"off by at most {baked.worst * 255:.2f} and on average {baked.mean * 255:.3f} codes of 255"
    return f"colour: {what} in one {baked.size}³ cube, {off}"
