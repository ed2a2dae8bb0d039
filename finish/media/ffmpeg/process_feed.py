"""Bytes for the standard input of a process, from an iterator in a thread of its own."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from finish.media.ffmpeg.process import kill


@contextmanager
def feeding(process: subprocess.Popen[bytes], blocks: Iterator[bytes] | None) -> Iterator[None]:
    """Write `blocks`, if any, to the process while the context is open.

    An error of the iterator ends the process, and is raised at the end instead of the error of the process.
    """
    if blocks is None:
        yield
        return
    errors: list[BaseException] = []
    thread = threading.Thread(target=_feed, args=(process, blocks, errors), daemon=True)
    thread.start()
    try:
        yield
    except BaseException as error:
        kill(process)  # a writer that waits for its reader ends
        thread.join()
        if errors:
            raise errors[0] from error
        raise
    thread.join()
    if errors:
        raise errors[0]


def _feed(process: subprocess.Popen[bytes], blocks: Iterator[bytes], errors: list[BaseException]) -> None:
    pipe = process.stdin
    assert pipe is not None
    try:
        # A process that has enough, or has failed, closes its end: its log says which.
        with suppress(BrokenPipeError):
            for block in blocks:
                pipe.write(block)
    except BaseException as error:  # it is raised in the thread that waits for the process
        errors.append(error)
        kill(process)
    finally:
        with suppress(BrokenPipeError):
            pipe.close()
