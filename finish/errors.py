"""The errors that users see: a class for each kind, with what is wrong and what to do next."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, Self

EXIT_KEPT, EXIT_BROKEN, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 2, 130


class FinishError(Exception):
    """One error: `message` states what is wrong, `hint` what to do next.

    `where` is `file:line:column` when the mistake is in a file; `causes` are the single mistakes when several
    were found at once.
    """

    code: ClassVar[str] = ""  # the name of the class for programs (`--json`), stable
    exit_code: ClassVar[int] = EXIT_FAILED

    def __init__(
        self, message: str, hint: str = "", *, where: str = "", causes: Sequence[FinishError] = ()
    ) -> None:
        super().__init__(message)
        self.message, self.hint, self.where, self.causes = message, hint, where, tuple(causes)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle hint, place and causes as well: an exception pickles its message only."""
        return partial(type(self), where=self.where, causes=self.causes), (self.message, self.hint)

    def about(self, subject: str, where: str = "") -> Self:
        """A copy with `subject` before its message, and with `where` if it had no place."""
        error = copy.copy(self)
        error.message, error.where = f"{subject}: {self.message}", self.where or where
        return error

    def __str__(self) -> str:
        if self.causes:
            return "\n".join(str(cause) for cause in self.causes)
        head = f"{self.where}  {self.message}" if self.where else self.message
        return f"{head} — {self.hint}" if self.hint else head


class SpecError(FinishError):
    """The job spec has a value that is not valid."""

    code = "spec"


class PathError(FinishError):
    """A path is missing, unreadable, or outside the job folder."""

    code = "path"


class MediaError(FinishError):
    """A clip can't be read completely."""

    code = "media"


class LutError(FinishError):
    """A LUT can't be read exactly."""

    code = "lut"


class CaptionError(FinishError):
    """A caption file can't be read exactly."""

    code = "captions"


class GlyphError(FinishError):
    """No available font has a glyph for a character."""

    code = "glyph"


class FontError(FinishError):
    """A requested font is missing or unusable."""

    code = "font"


class SoundError(FinishError):
    """A loudness target can't be reached."""

    code = "sound"


class LimitError(FinishError):
    """A file exceeds a limit of its destination."""

    code = "limit"


class CapabilityError(FinishError):
    """This machine's FFmpeg or packages lack something that the job needs."""

    code = "capability"


class FFmpegError(FinishError):
    """FFmpeg failed."""

    code = "ffmpeg"


class PromiseError(FinishError):
    """The finished file breaks a promise."""

    code = "promise"
    exit_code = EXIT_BROKEN


class DiskError(FinishError):
    """The disk is full or not writable, or storage doesn't respond."""

    code = "disk"


class ClusterError(FinishError):
    """The cluster can't be reached, or its workers failed."""

    code = "cluster"


class InternalError(FinishError):
    """A bug in finish."""

    code = "fault"


class Interrupted(BaseException):
    """The user stopped the run. Not an `Exception`, so that nothing that handles errors can swallow it."""

    code: ClassVar[str] = "interrupted"
    exit_code: ClassVar[int] = EXIT_INTERRUPTED

    def __init__(self, message: str = "stopped") -> None:
        super().__init__(message)


# What is wrong with the machine, and not with the job: another attempt may succeed.
TEMPORARY: Final = (CapabilityError, DiskError, ClusterError)


def several(mistakes: Sequence[FinishError]) -> FinishError:
    """One error of the first one's class with all `mistakes` as causes; a single one is returned
    unchanged."""
    if len(mistakes) == 1:
        return mistakes[0]
    return type(mistakes[0])(f"{len(mistakes)} mistakes", causes=mistakes)


def unforeseen(error: Exception) -> FinishError:
    """Any exception as a `FinishError`: for the disk or memory where the cause is there, else an
    `InternalError` with the source line."""
    if isinstance(error, FinishError):
        return error
    if isinstance(error, MemoryError):
        return CapabilityError("not enough memory", "close other programs, or make the picture smaller")
    if isinstance(error, OSError) and error.errno is not None:
        file = f"{error.filename}: " if isinstance(error.filename, str) else ""
        hint = "check the free space and your permissions there, and run again"
        return DiskError(f"{file}{error.strerror}", hint)
    import traceback  # slow to import, and needed only here

    root = Path(__file__).parent
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(root)]
    place = (
        f"{Path(ours[-1].filename).relative_to(root)}:{ours[-1].lineno}" if ours else "an unknown location"
    )
    return InternalError(
        f"internal error at {place}", "this is a bug in finish: set FINISH_DEBUG=1 for details, and report it"
    )
