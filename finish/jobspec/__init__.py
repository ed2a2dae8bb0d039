"""From a job file to a `Job`: every value with its line, every layer in its place, every mistake at once."""

from finish.jobspec.asset_library import AssetLibrary, Files
from finish.jobspec.job_loader import JOB_FILE, LoadedJob, load
from finish.jobspec.one_clip import Quick, quick
from finish.jobspec.origins import SettingOrigin
from finish.jobspec.presets import outdated, shelved
from finish.jobspec.schema import schema

__all__ = [
    "JOB_FILE",
    "AssetLibrary",
    "Files",
    "LoadedJob",
    "Quick",
    "SettingOrigin",
    "load",
    "outdated",
    "quick",
    "schema",
    "shelved",
]
