"""Data that comes with the program: looks, presets, styles, fonts and models, by name. Constant, so as pure as code."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parent

# Where each shelf lies, and what its entries end in. `luts/` stands beside the package in a checkout (and so for
# `pip install -e`) and inside it in a wheel: one resolver for both.
_SHELVES = {"luts": ".cube", "presets": ".yaml", "styles": "/style.yaml"}


def shelf(name: str) -> Path:
    """The folder of a shelf ("luts", "presets", "styles", "models")."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def names(name: str) -> tuple[str, ...]:
    """What stands on a shelf, sorted."""
    suffix = _SHELVES[name]
    return tuple(sorted(path.parent.name if suffix.startswith("/") else path.stem for path in shelf(name).glob(f"*{suffix}")))


def entry(shelf_name: str, name: str) -> Path:
    """The file of a named entry; KeyError when there is none."""
    if name not in names(shelf_name):
        raise KeyError(name)
    return shelf(shelf_name) / f"{name}{_SHELVES[shelf_name]}"


@cache
def font_folder() -> Path:
    """Where the packaged OFL fonts lie (manimgx-fonts: Noto Sans, 20 scripts, mono emoji)."""
    spec = find_spec("manimgx_fonts")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("manimgx_fonts")
    return Path(spec.origin).parent


def model(name: str) -> Path:
    """A model file that comes with the package, as "face_detection_yunet_2023mar.onnx"."""
    return PACKAGE / "models" / name
