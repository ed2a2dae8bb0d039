"""From a job file to a `Job`: every value with its line, every layer in its place, every mistake at once."""

from finish.jobspec.asset_library import Files, Shelves
from finish.jobspec.job_loader import JOB_FILE, Loaded, load
from finish.jobspec.one_clip import Quick, quick
from finish.jobspec.origins import Row
from finish.jobspec.presets import outdated, shelved
from finish.jobspec.schema import schema

__all__ = ["JOB_FILE", "Files", "Loaded", "Quick", "Row", "Shelves", "load", "outdated", "quick", "schema", "shelved"]
