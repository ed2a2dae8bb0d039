"""Where the files are that finish writes beside a job file: `job.lock.yaml` and `job.approved.yaml`."""

from __future__ import annotations

from pathlib import Path

from finish.jobspec.approvals import SUFFIX
from finish.model import Job


def companion(job: Job, suffix: str) -> Path | None:
    """The file with the job file's name and another suffix; None for a job without a job file."""
    return job.folder / f"{Path(job.where).stem}{suffix}" if job.where.endswith((".yaml", ".yml")) else None


def approval_path(job: Job) -> Path | None:
    """The approval of a job that has a job file."""
    return companion(job, SUFFIX)


def has_approval(job: Job) -> bool:
    """Whether the approval of a job is there, or the job can't have one."""
    path = approval_path(job)
    return path is None or path.is_file()
