"""What the program does beside what people did, on material that its users hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from finish.api.job_api import Sections, all_planned, quick, scratch
from finish.engine.engine import Engine
from finish.errors import MediaError
from finish.review.crop_picture import anywhere
from finish.review.retargetvid import RATIOS, Overlap, drawn_windows, overlap
from finish.stages import STAGES


def retargeted(videos: Path, windows: Path, sections: Sections | None = None) -> Iterator[Overlap]:
    """Crops of the videos in a folder (001.AVI …) beside those of people, one by one, by RetargetVid's annotations in `windows`;
    `sections` are settings, as {"reframe": {"motion": "responsive"}}."""
    people = drawn_windows(windows)
    clips = sorted(
        (int(path.stem), path) for path in videos.iterdir() if path.stem.isdigit() and path.is_file()
    )
    known = [(number, ratio, path) for number, path in clips for ratio in RATIOS if (number, ratio) in people]
    if not known:
        raise MediaError(
            f"{videos} has no video that is annotated", "name DHF1K's videos as they come: 001.AVI …"
        )
    for number, ratio, path in known:
        wanted = {
            "follow": "subject",
            "motion": "responsive",
            "inside": 0,
            **(sections or {}).get("reframe", {}),
        }
        loaded = quick(path, ["tiktok"], {"encode": {"size": str(RATIOS[ratio])}, "reframe": wanted})
        with scratch(None) as place:
            engine = Engine(replace(loaded.job, folder=place), STAGES)
            found = engine.plan(
                [anywhere(each) for each in loaded.job.deliverables],
                [stage for stage in STAGES if stage.name in ("conform", "reframe")],
            )
            all_planned(found)
            yield overlap(found.renderings[0].planned.programme, number, ratio, people[number, ratio])
