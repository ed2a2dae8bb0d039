"""All that a user ever sees go wrong: a code from a closed list, what happened, and what to do next."""

from __future__ import annotations

import traceback
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, get_args

Code = Literal[
    "spec",         # the job spec says something that cannot be meant
    "path",         # a path is missing, unreadable, or leaves the job folder
    "media",        # a clip cannot be read whole
    "lut",          # a look cannot be understood exactly
    "captions",     # a caption file cannot be understood exactly
    "glyph",        # a character has no shape in any font at hand
    "font",         # a font that was asked for is not there
    "sound",        # a loudness target cannot be met
    "limit",        # a destination does not take such a file
    "capability",   # this machine's FFmpeg or packages lack something needed
    "ffmpeg",       # FFmpeg failed
    "promise",      # the finished file is not what was promised
    "disk",         # no room, or no right to write
    "cluster",      # the machines that should do the work cannot, or could not
    "interrupted",  # stopped by the user
    "fault",        # a mistake of ours
]
CODES: Final = frozenset(get_args(Code))

EXIT_KEPT, EXIT_BROKEN, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 2, 130


class FinishError(Exception):
    """One thing that went wrong: `message` says what and where, `hint` what to do next.

    `where` is `file:line:column` when the mistake stands in a file; `causes` are the single mistakes when several
    were found at once.
    """

    def __init__(self, code: Code, message: str, hint: str = "", *, where: str = "", causes: tuple[FinishError, ...] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.where, self.causes = code, message, hint, where, causes

    def __reduce__(self) -> tuple[Any, ...]:
        """From one process to another: an exception's own way knows of its message only."""
        return partial(type(self), where=self.where, causes=self.causes), (self.code, self.message, self.hint)

    @property
    def exit_code(self) -> int:
        """0 kept, 1 a promise broken, 2 could not run, 130 interrupted (design: verbs)."""
        return {"promise": EXIT_BROKEN, "interrupted": EXIT_INTERRUPTED}.get(self.code, EXIT_FAILED)

    def unless_stopped(self) -> FinishError:
        """Itself; raised where it is not what went wrong with one thing, but somebody who has stopped the whole run."""
        if self.code == "interrupted":
            raise self
        return self

    def __str__(self) -> str:
        if self.causes:
            return "\n".join(str(cause) for cause in self.causes)
        head = f"{self.where}  {self.message}" if self.where else self.message
        return f"{head} — {self.hint}" if self.hint else head


def several(code: Code, mistakes: tuple[FinishError, ...]) -> FinishError:
    """All `mistakes` as one error; a single one is returned as it is."""
    if len(mistakes) == 1:
        return mistakes[0]
    return FinishError(code, f"{len(mistakes)} mistakes", causes=mistakes)


def unforeseen(wrong: Exception) -> FinishError:
    """What nobody foresaw as one clear error: of the disk or the memory where it is theirs, else a mistake of ours, with its place."""
    if isinstance(wrong, FinishError):
        return wrong
    if isinstance(wrong, MemoryError):
        return FinishError("capability", "there is not enough memory", "close other programs, or make the picture smaller")
    if isinstance(wrong, OSError) and wrong.errno is not None:
        where = f"{wrong.filename}: " if isinstance(wrong.filename, str) else ""
        return FinishError("disk", f"{where}{wrong.strerror}", "check the room and the rights there, and run again")
    root = Path(__file__).parent
    ours = [each for each in traceback.extract_tb(wrong.__traceback__) if Path(each.filename).is_relative_to(root)]
    place = f"{Path(ours[-1].filename).relative_to(root)}:{ours[-1].lineno}" if ours else "an unknown place"
    return FinishError("fault", f"finish made a mistake at {place}", "a fault of finish: FINISH_DEBUG=1 shows more; please report it")
