"""From a job file to a `Job`: every value with its line, every layer in its place, every mistake at once."""

from finish.spec.explain import Row
from finish.spec.jobs import JOB_FILE, Loaded, load
from finish.spec.library import Files, Shelves
from finish.spec.presets import outdated, shelved
from finish.spec.quick import Quick, quick
from finish.spec.schema import schema

__all__ = ["JOB_FILE", "Files", "Loaded", "Quick", "Row", "Shelves", "load", "outdated", "quick", "schema", "shelved"]
