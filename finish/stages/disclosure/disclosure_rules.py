"""What regions and platforms ask for with generated media, each rule with its source and date of reading.

Rules change: `finish provenance rules` lists them, and `finish doctor` warns when they are older than a year.
This is information, not legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

CHECKED: Final = date(2026, 12, 1)  # when all rules were read last
_LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True)
class RegionRule:
    """A law: its region, what it asks for, since when it applies, and its source."""

    region: str
    text: str
    applies: date
    source: str


@dataclass(frozen=True)
class PlatformRule:
    """What a platform asks for at upload: its name, the presets that deliver to it, the text, the source."""

    platform: str
    presets: tuple[str, ...]
    text: str
    source: str


REGIONS: Final = (
    RegionRule(
        "European Union",
        "providers mark generated media in a machine-readable way; deployers disclose deepfakes visibly",
        date(2026, 8, 2),
        "Regulation (EU) 2024/1689, Article 50",
    ),
    RegionRule(
        "European Union",
        "the marking also for systems that were on the market before 2 August 2026",
        date(2026, 12, 2),
        "Regulation (EU) 2024/1689, Article 50(2), as amended in 2026",
    ),
)
PLATFORMS: Final = (
    PlatformRule(
        "TikTok",
        ("tiktok",),
        "turn on “AI-generated content” when you upload; Content Credentials label a video by themselves",
        "support.tiktok.com, “About AI-generated content”",
    ),
    PlatformRule(
        "YouTube",
        ("youtube", "youtube-shorts"),
        "answer “Yes” to “Altered content” when you upload, if the video looks realistic",
        "support.google.com/youtube/answer/14328491",
    ),
    PlatformRule(
        "Instagram and Facebook",
        ("instagram-reels", "instagram-feed-4x5", "facebook-reels"),
        "turn on the AI label when you upload; metadata of IPTC and C2PA adds “AI info” by itself",
        "transparency.meta.com, “Labeling AI content”",
    ),
)


def platform_rule(preset: str) -> PlatformRule | None:
    """The rule for a destination; None without one."""
    return next((rule for rule in PLATFORMS if preset in rule.presets), None)


def is_outdated(today: date) -> bool:
    """Whether the rules were read so long ago that they may be wrong."""
    return today - CHECKED > _LONGEST
