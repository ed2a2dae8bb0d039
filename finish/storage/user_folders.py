"""This user's folders on this machine: home, settings, and a cache that is safe to delete."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """This user's home; a path that can't be created for a user who has none, as in a container."""
    path = os.path.expanduser("~")
    return Path(path if os.path.isabs(path) else "/nonexistent")


def settings() -> Path:
    """The folder of this user's settings."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config") / "finish"


def cache() -> Path:
    """The folder of what belongs to no job; safe to delete."""
    return Path(os.environ.get("XDG_CACHE_HOME") or home() / ".cache") / "finish"
