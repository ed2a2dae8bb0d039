"""From a job file to a `Job`: every value with its line, every layer in its place, every mistake at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.lazy_names import lazy_names

if TYPE_CHECKING:
    from finish.jobspec.asset_library import AssetLibrary, Files
    from finish.jobspec.job_loader import JOB_FILE, LoadedJob, load
    from finish.jobspec.json_schema import brand_schema, schema
    from finish.jobspec.one_clip import Quick, quick
    from finish.jobspec.origins import SettingOrigin
    from finish.jobspec.presets import outdated, packaged_preset

__all__ = [
    "JOB_FILE",
    "AssetLibrary",
    "Files",
    "LoadedJob",
    "Quick",
    "SettingOrigin",
    "brand_schema",
    "load",
    "outdated",
    "packaged_preset",
    "quick",
    "schema",
]

_MODULES: Final = {
    "finish.jobspec.asset_library": ("AssetLibrary", "Files"),
    "finish.jobspec.job_loader": ("JOB_FILE", "LoadedJob", "load"),
    "finish.jobspec.one_clip": ("Quick", "quick"),
    "finish.jobspec.origins": ("SettingOrigin",),
    "finish.jobspec.presets": ("outdated", "packaged_preset"),
    "finish.jobspec.json_schema": ("brand_schema", "schema"),
}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
