"""Where the approval of a job is: `job.approved.yaml` beside its job file."""

from __future__ import annotations

from pathlib import Path

from finish.jobspec.approvals import approval_name
from finish.model import Job


def approval_path(job: Job) -> Path | None:
    """The approval of a job that has a job file."""
    return job.folder / approval_name(job.where) if job.where.endswith((".yaml", ".yml")) else None


def has_approval(job: Job) -> bool:
    """Whether the approval of a job is there, or the job can't have one."""
    path = approval_path(job)
    return path is None or path.is_file()
