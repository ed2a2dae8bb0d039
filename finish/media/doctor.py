"""What this machine supports, as rows of text."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from platform import machine, python_version, system
from typing import Final

from finish import resources
from finish.errors import FinishError
from finish.media.ffmpeg import ffmpeg_program
from finish.media.provenance.c2pa_runner import installed
from finish.stages.disclosure import disclosure_rules
from finish.storage import platform, seal

# Everything that a plan can contain, so that the doctor names what a machine lacks before a job needs it.
FILTERS: Final = (
    "acompressor",
    "acrossfade",
    "adelay",
    "afade",
    "afftdn",
    "aformat",
    "alimiter",
    "aloop",
    "amerge",
    "amix",
    "amultiply",
    "anoisesrc",
    "anullsrc",
    "apad",
    "aresample",
    "asetpts",
    "asplit",
    "ass",
    "atrim",
    "avgblur",
    "bwdif",
    "concat",
    "crop",
    "deesser",
    "exposure",
    "extractplanes",
    "fade",
    "format",
    "fps",
    "gblur",
    "highpass",
    "lowpass",
    "lut3d",
    "lutyuv",
    "mergeplanes",
    "mix",
    "overlay",
    "pad",
    "pan",
    "rubberband",
    "scale",
    "select",
    "sendcmd",
    "setparams",
    "setpts",
    "setsar",
    "settb",
    "split",
    "tonemap",
    "tpad",
    "trim",
    "volume",
    "vstack",
    "xfade",
    "xstack",
    "zscale",
)
ENCODERS: Final = ("aac", "ffv1", "libx264", "pcm_f32le", "pcm_s24le", "png", "prores_ks", "rawvideo")
MUXERS: Final = ("image2", "ipod", "mov", "mp4", "nut")
FREE_BYTES: Final = 2 * 2**30  # house: a minute of 1080p with its pieces takes about a tenth of it


@dataclass(frozen=True)
class Capability:
    """One capability of this machine: whether it is fine, and details in words."""

    what: str
    fine: bool
    details: str


def examine(folder: Path) -> tuple[Capability, ...]:
    """Everything that a job needs: FFmpeg and its components, fonts, models, free space in `folder`."""
    return tuple(
        _checked(what, look)
        for what, look in (
            ("Python", _python),
            ("FFmpeg", _ffmpeg),
            ("filters", lambda: _parts("filters", FILTERS)),
            ("encoders", lambda: _parts("encoders", ENCODERS)),
            ("muxers", lambda: _parts("muxers", MUXERS)),
            ("fonts", _fonts),
            ("faces", _faces),
            ("speech", _speech),
            ("origin", _provenance),
            ("disk", lambda: _disk(folder)),
            ("store", _store),
            ("machine", _machine),
            ("system", _system),
        )
    )


def _checked(what: str, look: Callable[[], tuple[bool, str]]) -> Capability:
    try:
        return Capability(what, *look())
    except (FinishError, OSError, ImportError) as error:
        return Capability(what, False, str(error))


def _python() -> tuple[bool, str]:
    return sys.version_info >= (3, 11), f"{python_version()} at {sys.executable}"


def _ffmpeg() -> tuple[bool, str]:
    version = ffmpeg_program.version()
    digits = "".join(letter for letter in version.lstrip("nN").split(".")[0] if letter.isdigit())
    fine = int(digits or 0) >= ffmpeg_program.OLDEST
    hint = "" if fine else f": finish needs version {ffmpeg_program.OLDEST}; unset FINISH_FFMPEG"
    return fine, f"{version} at {ffmpeg_program.binary()}{hint}"


def _parts(kind: str, required: tuple[str, ...]) -> tuple[bool, str]:
    missing = sorted(set(required) - ffmpeg_program.listing(kind))
    return not missing, f"missing: {', '.join(missing)}" if missing else f"all {len(required)} that plans use"


def _fonts() -> tuple[bool, str]:
    fonts = sorted(resources.font_folder().glob("*.ttf"))
    han = (
        "with Chinese, Japanese and Korean"
        if resources.cjk_fonts()
        else "without Chinese, Japanese and Korean (run: pip install 'finish[cjk]')"
    )
    return bool(fonts), f"{len(fonts)} files in {resources.font_folder()}, {han}"


def _faces() -> tuple[bool, str]:
    import cv2

    path = resources.model("face_detection_yunet_2023mar.onnx")
    fine = path.is_file() and hasattr(cv2, "FaceDetectorYN")
    return fine, f"YuNet with OpenCV {cv2.__version__}" if fine else f"YuNet is missing: {path}"


def _speech() -> tuple[bool, str]:
    """Whether the optional speech model is installed; missing is fine."""
    try:
        model = resources.speech_model()
    except FinishError as error:
        return True, f"{error} (only for `captions: auto` and `words: speech`)"
    return True, f"model in {model.folder}" if model.folder else "Whisper base, installed"


def _provenance() -> tuple[bool, str]:
    """Whether Content Credentials can be read and signed; missing is fine. Old rules aren't."""
    package = "installed" if installed() else "install finish[provenance] for Content Credentials"
    if disclosure_rules.is_outdated(date.today()):
        old = f"rules of disclosure read on {disclosure_rules.CHECKED} may be wrong"
        return False, f"{package}; {old}: install a newer finish"
    return True, f"{package}; rules of disclosure read on {disclosure_rules.CHECKED}"


def _disk(folder: Path) -> tuple[bool, str]:
    free = shutil.disk_usage(folder).free
    writable = os.access(folder, os.W_OK)
    rights = "" if writable else ", not writable"
    return writable and free > FREE_BYTES, f"{free / 2**30:.1f} GiB free{rights} at {folder}"


def _store() -> tuple[bool, str]:
    """Whether later runs can trust the pieces that this run stores."""
    where = seal.kept()
    if where:
        return True, f"sealed: {where}"
    message = "the home folder can't hold a secret, so each run renders everything again"
    return False, f"{message}: set {seal.NAME}"


def _machine() -> tuple[bool, str]:
    return True, f"{system()} {machine()}, {os.cpu_count()} cores"


def _system() -> tuple[bool, str]:
    """What this system doesn't offer; jobs run without it."""
    missing = platform.unavailable()
    return True, f"not available: {'; '.join(missing)}" if missing else "has all that finish uses"
