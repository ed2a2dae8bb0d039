"""The settings of the clean stage."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from finish import model

NAME: Final = "clean"  # of the stage, and of its section in a job spec


class CleanSettings(model.Settings):
    """The steps that clean the clip's own sound, in this order; each is off unless set."""

    channels: Annotated[
        Literal["note", "mend"],
        Field(description="a silent or inverted channel: note reports it, mend repairs it"),
    ] = "note"
    highpass: Annotated[
        float | None, Field(ge=20, le=300, description="Hz below which rumble is taken away, 12 dB an octave")
    ] = None
    denoise: Annotated[
        float | None,
        Field(ge=1, le=40, description="dB by which steady noise is lowered at most; 12 is gentle"),
    ] = None
    deess: Annotated[
        float | None, Field(gt=0, le=1, description="how strongly s and sh are held back; 0.5 is gentle")
    ] = None
    compress: Annotated[
        float | None, Field(gt=1, le=4, description="ratio to one above the level of speech; 2 is gentle")
    ] = None

    @property
    def steps(self) -> bool:
        """Whether any step is on."""
        return any(step is not None for step in (self.highpass, self.denoise, self.deess, self.compress))
