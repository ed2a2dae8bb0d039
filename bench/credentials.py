"""Content Credentials of other programs' test files: `python -m bench.credentials FOLDER [SIGNED…]`.

FOLDER has the fixtures of c2pa-rs or of another program (a copy of `sdk/tests/fixtures`, for example). Each
file is read in a process with limits, and the table says what finish states about it. The names of many
fixtures say what is wrong: a file that its name calls wrong and that finish calls valid, without
any problem, is a miss.

Files named behind the folder are signed sources: each is delivered cut, cropped, and signed again, and the
delivery is judged by a check of signature and hash that doesn't use the library (`bench/c2pa_by_hand.py`).
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

import finish
from bench.c2pa_by_hand import ByHand
from bench.certificates import Certified
from finish import api

_MEDIA: Final = frozenset(
    (
        ".jpg",
        ".jpeg",
        ".png",
        ".mp4",
        ".mov",
        ".m4a",
        ".wav",
        ".avi",
        ".webp",
        ".heic",
        ".avif",
        ".gif",
        ".tif",
    )
)
# What the names of the fixtures call wrong: with a manifest whose signature, claim, or data doesn't match.
_WRONG: Final = re.compile(
    r"(^|[-_])(E|XCA|CIE)([-_.]|$)|^XCA|invalid|mismatch|malformed|missing_(cose|content)|no_hard|extra_(assertion|field)"
    r"|duplicate_assertion|exp-test|bomb|nested_moov",
    re.IGNORECASE,
)
_JOB: Final = """\
source: {name}
encode: {{picture: {{speed: ultrafast}}, size: 360x640}}
sound: {{target: none}}
pacing: {{trim: 0-0.6}}
deliverables: [{{name: done, preset: tiktok}}]
"""


def main(folder: str, *signed: str) -> int:
    counts, slowest, misses = Counter[str](), 0.0, []
    for path in sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in _MEDIA):
        began = time.monotonic()
        credentials = api.credentials(path)
        slowest = max(slowest, time.monotonic() - began)
        state = credentials.state if credentials else "none"
        counts[state] += 1
        manifests = credentials.manifests if credentials else ()
        parts = (
            problem
            for manifest in manifests
            for ingredient in manifest.ingredients
            for problem in ingredient.problems
        )
        stated = [*(credentials.problems if credentials else ()), *parts]
        if _WRONG.search(path.stem) and state in ("trusted", "untrusted") and not stated:
            misses.append(str(path))
        problems = "; ".join(stated[:2])
        sys.stdout.write(f"{path.relative_to(folder)}: {state} {problems}\n")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(f"{dict(counts)}; slowest {slowest:.1f} s; most memory {most:.0f} MB\n")
    sys.stdout.writelines(f"named wrong, called valid: {miss}\n" for miss in misses)
    delivered = [_delivered(Path(source)) for source in signed]
    sys.stdout.write(f"{sum(delivered)} of {len(delivered)} signed sources delivered with a valid chain\n")
    return 1 if not all(delivered) else 0


def _delivered(source: Path) -> bool:
    """Whether a cut and cropped delivery of a signed source is valid, with the source's manifests in it."""
    certified = Certified()
    with tempfile.TemporaryDirectory(prefix="finish-credentials-") as place:
        job = Path(place)
        (job / "chain.pem").write_bytes(certified.chain)
        (job / "key.pem").write_bytes(certified.key_pem)
        os.environ["FINISH_SIGN_CERTIFICATE"] = str(job / "chain.pem")
        os.environ["FINISH_SIGN_KEY"] = str(job / "key.pem")
        shutil.copy(source, job)
        (job / "job.yaml").write_text(_JOB.format(name=source.name))
        try:
            (outcome,) = finish.run(finish.load(job))
        except finish.FinishError as error:
            sys.stdout.write(f"{source.name}: {error}\n")
            return False
        if outcome.path is None:
            sys.stdout.write(f"{source.name}: {outcome.error or outcome.broken}\n")
            return False
        before, after = api.credentials(source), api.credentials(outcome.path)
        hand = ByHand.of(outcome.path)
        kept = (
            before
            and after
            and {one.label for one in before.manifests} <= {one.label for one in after.manifests}
        )
        store = outcome.path.stat().st_size
        sys.stdout.write(
            f"{source.name}: signature {hand.signed}, hash {hand.intact}, chain kept {kept}, {store} bytes\n"
        )
        return bool(hand.signed and hand.intact and kept)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
