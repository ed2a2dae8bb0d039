"""The actions that a claim states: what the graph of a deliverable does to its sources, in C2PA's words.

The graph is what runs, so a claim can't state more or less than was done. Codes: C2PA specification 2.2,
"Actions".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from finish.graph import history
from finish.model import Programme
from finish.model.marking import ClaimAction

_COLOUR: Final = ClaimAction("color_adjustments", "colour and levels")
_CROPPED: Final = ClaimAction("cropped", "framed for the destination")
_RESIZED: Final = ClaimAction("resized", "scaled to the destination's frame")
_EDITED: Final = ClaimAction("edited", "cut and joined")
_TEXT: Final = ClaimAction("edited", "captions drawn on the picture")
_GRAPHICS: Final = ClaimAction("edited", "graphics or other pictures over the picture, or beside it")
_SOUND: Final = ClaimAction("edited", "loudness and mix of the sound")
_SPEED: Final = ClaimAction("edited", "speed changed")
# What each node of a graph does. Others only convert formats, clocks or sizes of samples.
_OF_NODE: Final[Mapping[str, ClaimAction]] = {
    **dict.fromkeys(("cut", "sequence"), _EDITED),
    **dict.fromkeys(("lut3d", "lutrgb", "exposure", "colorchannelmixer", "tonemap"), _COLOUR),
    "crop": _CROPPED,
    **dict.fromkeys(("scale", "zscale"), _RESIZED),
    **dict.fromkeys(("overlay", "vstack", "xstack", "computed", "drawbox"), _GRAPHICS),
    "ass": _TEXT,
    **dict.fromkeys(("amix", "volume", "amultiply", "alimiter", "acompressor", "afftdn"), _SOUND),
    **dict.fromkeys(("highpass", "lowpass", "deesser"), _SOUND),
    "asetrate": _SPEED,
}
# C2PA has no order for actions of one kind; ours is that of finishing.
_ORDER: Final = (_EDITED, _SPEED, _COLOUR, _CROPPED, _RESIZED, _GRAPHICS, _TEXT, _SOUND)
_ENCODED: Final = ClaimAction("transcoded", "encoded for the destination")


def claim_actions(programme: Programme) -> tuple[ClaimAction, ...]:
    """What is done to the sources of a programme, in the order of finishing; encoding comes last."""
    names = {node.name for node in history((programme.picture, programme.sound))}
    done = {_OF_NODE[name] for name in names if name in _OF_NODE}
    return (*(action for action in _ORDER if action in done), _ENCODED)
