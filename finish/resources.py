"""Data that comes with the program: looks, presets, styles, fonts and models, by name. Constant, so as pure as code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from finish.errors import FinishError

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


def network(name: str, load: Callable[[Any, str], Any]) -> Any:
    """A model that comes with the package, as OpenCV loads it (`load` is given the module and the path); FinishError when it cannot."""
    try:
        import cv2

        return load(cv2, str(model(name)))
    except ImportError as missing:
        raise FinishError("capability", f"OpenCV cannot be loaded: {missing}", "pip install opencv-python-headless") from missing
    except FinishError:  # stopped by the user
        raise
    except Exception as broken:  # cv2.error, which has no stable base, or AttributeError from an OpenCV before 4.8
        message = f"the model {name} cannot be loaded"
        raise FinishError("capability", message, "reinstall the package, with opencv-python-headless 4.8 or later") from broken
