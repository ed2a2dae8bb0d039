"""Jobs with a brand kit, on paper: a kit with logos and a font, and the jobs that name it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

from finish import jobspec
from finish.api.loading import load
from finish.errors import FinishError
from finish.stages import STAGES

HERE = Path(__file__).parent


def png(grey: int = 255) -> bytes:
    """A grey picture of 4x2 px."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((grey, grey, grey)) * 4 for _ in range(2))
    head = struct.pack(">IIBBBBB", 4, 2, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


KIT = """\
schema: 1
name: Acme
colours: {primary: "#0A3D62", accent: "#FFB000", text: "#FFFFFF", ground: "#101014"}
contrast: [[text, ground], [accent, ground, large]]
logos: {light: light.png, dark: dark.png, height_min: 0.06, clear: 0.5}
type: {title: 0.05, caption: 0.06}
templates: {lower_third: {side: right}, end_card: {text: "Acme\\n{disclosure}", seconds: 3}}
disclosure: Paid partnership
glossary: [Acme]
never: [cheap]
captions: {style: boxed}
"""

JOB = """\
job: spring
brand: kit/brand.yaml
source: hero.mp4
composite:
  logo: {corner: top-left}
deliverables:
  - {name: acme-hero, preset: youtube}
"""


def folder(root: Path, job: str = JOB, kit: str = KIT) -> Path:
    """A job folder with a kit beside the job file."""
    (root / "kit").mkdir(parents=True, exist_ok=True)
    (root / "job.yaml").write_text(job)
    (root / "hero.mp4").write_bytes(b"")
    (root / "kit/brand.yaml").write_text(kit)
    (root / "kit/light.png").write_bytes(png(250))
    (root / "kit/dark.png").write_bytes(png(10))
    return root


def loaded(root: Path, job: str = JOB, kit: str = KIT) -> jobspec.LoadedJob:
    return load(folder(root, job, kit), STAGES)


def mistakes(root: Path, job: str = JOB, kit: str = KIT) -> str:
    """Every mistake of a job that has at least one."""
    try:
        loaded(root, job, kit)
    except FinishError as error:
        return str(error)
    raise AssertionError("no mistake was reported")


def section(job: jobspec.LoadedJob, name: str) -> Any:
    return job.job.deliverables[0].settings[name]


def origins(job: jobspec.LoadedJob) -> dict[str, tuple[str, str]]:
    return {row.key: (row.value, row.origin) for row in job.explain(job.job.deliverables[0].name)}
