"""ASC CDL (.cc .ccc .cdl, version 1.2): slope, offset, power per channel, then saturation; clipped to 0 to 1.

A file is read exactly, or refused with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

import numpy as np

from finish.errors import FinishError, LutError
from finish.stages.colour.table import LUMA, Floats

BYTES: Final = 1_000_000
_LISTED: Final = 30  # ids in a hint
_SOP, _SAT = ("SOPNode", "ASC_SOP"), ("SatNode", "SATNode", "ASC_SAT")
# Elements without a colour. Unknown elements are refused, because ignoring one would change the grade
# silently.
_WITHOUT_COLOUR: Final = frozenset({"Description", "InputDescription", "ViewingDescription", "MediaRef"})
_HINT: Final = "a grade must have <SOPNode> with Slope, Offset and Power, or <SatNode> with Saturation"


@dataclass(frozen=True, eq=False)
class CdlCorrection:
    """One correction: slope, offset and power, (3,) each, and saturation."""

    slope: Floats
    offset: Floats
    power: Floats
    saturation: float
    title: str = ""

    def apply(self, rgb: Floats) -> Floats:
        """Code values (n, 3), clipped to 0 to 1 before the power and at the end (ASC CDL 1.2)."""
        toned = np.clip(rgb * self.slope + self.offset, 0, 1) ** self.power
        luma = (toned @ LUMA)[:, None]  # ASC CDL 1.2 has the weights of BT.709
        mixed: Floats = np.clip(luma + self.saturation * (toned - luma), 0, 1)
        return mixed


def read(data: bytes, name: str, part: str = "") -> CdlCorrection:
    """The only correction of a file, or the one with the id `part`.

    LutError for none, for several, and for any element that isn't supported.
    """
    if len(data) > BYTES:
        raise _wrong(name, f"the CDL has {len(data):,} bytes; at most {BYTES:,} are read")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _wrong(
            name, "the CDL has a document type", "remove <!DOCTYPE>: entities can change the content"
        )
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (0,))[0]
        raise _wrong(f"{name}:{line}" if line else name, "not valid XML") from error
    corrections = [element for element in root.iter() if _tag(element) == "ColorCorrection"]
    return _grade(_selected(corrections, name, part), name)


def _selected(corrections: Sequence[ElementTree.Element], name: str, part: str) -> ElementTree.Element:
    """The correction with the id `part`, or the only one."""
    ids = [correction.get("id", "") for correction in corrections]
    matches = [
        correction for correction, key in zip(corrections, ids, strict=True) if not part or key == part
    ]
    if len(matches) == 1:
        return matches[0]
    if not corrections:
        raise _wrong(name, "no correction in the file")
    named = [key for key in ids if key]
    more = f" and {len(named) - _LISTED} more" if len(named) > _LISTED else ""
    listed = ", ".join(named[:_LISTED]) + more
    if part:
        count = f"{len(matches)} corrections have" if matches else "no correction has"
        hint = f"ids in the file: {listed}" if named else "the file has no ids: save the correction as a .cc"
        raise _wrong(name, f'{count} the id "{part}"', hint)
    hint = f'name one, such as "{name}#{named[0]}": {listed}' if named else "save the correction as a .cc"
    raise _wrong(name, f"{len(corrections)} corrections in one file", hint)


def _grade(correction: ElementTree.Element, name: str) -> CdlCorrection:
    """A correction's values; what it doesn't state is neutral."""
    values = {"Slope": np.ones(3), "Offset": np.zeros(3), "Power": np.ones(3), "Saturation": np.ones(1)}
    stated: set[str] = set()
    for node in correction:
        tag = _tag(node)
        if tag in _WITHOUT_COLOUR:
            continue
        if tag not in (*_SOP, *_SAT):
            raise _wrong(name, f"<{tag}> isn't supported in a correction")
        for element in node:
            key = _tag(element)
            if key in _WITHOUT_COLOUR:
                continue
            if key not in (("Slope", "Offset", "Power") if tag in _SOP else ("Saturation",)):
                raise _wrong(name, f"<{key}> isn't supported in <{tag}>")
            if key in stated:
                raise _wrong(name, f"{key} is stated twice")
            stated.add(key)
            values[key] = _numbers(element.text or "", len(values[key]), key, name)
    for key, low in (("Slope", 0.0), ("Power", math.ulp(0.0)), ("Saturation", 0.0)):
        if (values[key] < low).any():
            raise _wrong(
                name,
                f"{key} is {values[key].min():g}",
                "slope and saturation must be 0 or more, power must be above 0",
            )
    return CdlCorrection(
        values["Slope"],
        values["Offset"],
        values["Power"],
        float(values["Saturation"][0]),
        correction.get("id", ""),
    )


def _numbers(text: str, count: int, key: str, name: str) -> Floats:
    try:
        numbers = np.array([float(word) for word in text.split()])
    except ValueError:
        numbers = np.zeros(0)
    if len(numbers) != count or not np.isfinite(numbers).all() or (np.abs(numbers) > 1e6).any():
        raise _wrong(
            name,
            f"{key} must be {'three numbers' if count == 3 else 'one number'}, not {text.strip()[:40]!r}",
        )
    return numbers


def _tag(element: ElementTree.Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _wrong(where: str, what: str, hint: str = _HINT) -> FinishError:
    return LutError(what, hint, where=where)
