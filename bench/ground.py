"""Where the bench works, and with which destinations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.clip import Bed, Footage, make_bed
from finish import resources

ONE, THREE = ("tiktok",), ("tiktok", "youtube", "instagram-reels")


@dataclass(frozen=True)
class Ground:
    """Where the bench works, for how long a clip, and how many rounds."""

    root: Path
    seconds: int
    runs: int

    def bed(self, name: str, presets: tuple[str, ...], sections: str, footage: Footage) -> Bed:
        missing = sorted(set(presets) - set(resources.names("presets")))
        if missing:
            raise RuntimeError(f"no preset {', '.join(missing)} in this checkout")
        return make_bed(self.root / f"{name}-{len(presets)}", footage, presets, sections)

    @property
    def footage(self) -> Footage:
        return Footage("1920x1080", 30, self.seconds)
