"""The settings of the conform stage."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from finish import model

NAME: Final = "conform"  # of the stage, and of its section in a job spec

_MOST: Final = 31  # house value: the highest number of a track
_Number = Annotated[int, Field(ge=0, le=_MOST)]
_Sides = tuple[_Number, _Number]
_Channels = Annotated[tuple[Annotated[int, Field(ge=1, le=64)], ...], Field(max_length=64)]
_Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$")]  # BCP 47: RFC 5646


class ConformSettings(model.Settings):
    """How a clip is read. `auto` follows the clip's own tags, then its size."""

    matrix: Annotated[
        Literal["auto", "bt601", "bt709"], Field(description="colour matrix of an untagged or mistagged clip")
    ] = "auto"
    range: Annotated[
        Literal["auto", "limited", "full"], Field(description="code value range of the clip")
    ] = "auto"
    colour: Annotated[
        Literal["auto", "bt709"],
        Field(description="primaries and transfer: bt709 where the clip's own tags are wrong"),
    ] = "auto"
    fields: Annotated[
        Literal["auto", "progressive", "tff", "bff"],
        Field(
            description="whether the picture is interlaced: auto asks its rows, then its flags, and restores "
            "film from 3:2 pulldown; tff, bff: top or bottom field first, deinterlaced"
        ),
    ] = "auto"
    track: Annotated[
        Literal["auto"] | _Number | _Language | _Sides,
        Field(
            description="which of the clip's sound tracks: auto takes the one that is audible "
            "(two mono ones are left and right), else its "
            "number from 0, its language, or the numbers of left and right"
        ),
    ] = "auto"
    channels: Annotated[
        _Channels,
        Field(
            description="which channels of the track, counted from 1: one on both sides, two left and right, "
            "more of them all on both"
        ),
    ] = ()
    picture: Annotated[_Number, Field(description="which of the clip's pictures, from 0")] = 0
    background: Annotated[
        str,
        Field(
            pattern=r"^#[0-9A-Fa-f]{6}$",
            description="behind what is transparent in GIF, APNG, WebP and PNG: '#RRGGBB'",
        ),
    ] = "#ffffff"
    damaged: Annotated[
        Literal["refuse", "accept"],
        Field(description="a clip of which something is missing or damaged: accept delivers what is left"),
    ] = "refuse"
