"""One case: a mutant or a clean clip, what it holds, what `finish` reports, and whether that is right."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.damage.clips import BY_NAME, build
from bench.damage.judge import Answer, answer_of, plain
from bench.damage.mutants import Mutant
from bench.damage.witness import Held, Loss, held, loss

CARRIER = "silent.mp4"  # the clip under which music is mixed


@dataclass(frozen=True)
class Ground:
    """The folder of the clean clips, and the seed."""

    folder: Path
    seed: int
    sample: float = 0.1  # of the cases that a plan decides, this share is finished too


@dataclass(frozen=True)
class Known:
    """A clean clip: its bytes, what it holds, and its usual notes."""

    data: bytes
    holds: Held
    notes: frozenset[str]


@dataclass(frozen=True)
class CaseResult:
    """The verdict on one case.

    `verdict` is "refused", "noted" (a note of level act), "known" (of level know, about missing parts),
    "silent" (published without a note), "unknowable" (likewise, where the file gives no evidence), "fine"
    (harmless and published), "noted-harmless", "over-strict", "clean", "alarm", "crash", "hang", or "memory".
    `planned` is the verdict of the plan alone.
    """

    base: str
    kind: str
    verdict: str
    planned: str
    lost: str
    evidence: tuple[str, ...]
    message: str
    clear: bool
    cpu: float
    memory: int


def known(ground: Ground, name: str) -> Known:
    """A clean clip of the ground, decoded and planned."""
    path = ground.folder / name
    if not path.exists():
        build(BY_NAME[name], ground.folder)
    answer = _ask(ground, path, BY_NAME[name].music)
    return Known(path.read_bytes(), held(path), frozenset(plain(text) for *_, text in answer.notes))


def harmed(ground: Ground, mutant: Mutant, clean: Known) -> CaseResult:
    """Make a mutant, measure what it lacks, and ask finish."""
    music = BY_NAME[mutant.base].music
    with tempfile.TemporaryDirectory(prefix="finish-fuzz-", dir=ground.folder) as folder:
        path = Path(folder) / mutant.base
        path.write_bytes(mutant.bytes(clean.data, ground.seed))
        missing = loss(clean.holds, held(path))
        evidence = (*(("the file's own figures",) if mutant.stated else ()), *missing.evidence)
        plan = _ask(ground, path, music)
        verdict = planned = _verdict(plan, missing, evidence, clean)
        last = plan
        if verdict in ("silent", "unknowable") or (verdict == "fine" and _sampled(ground, mutant.name)):
            last = _ask(ground, path, music, run=True)
            verdict = _verdict(last, missing, evidence, clean)
        message = last.message or "; ".join(text for *_, text in last.notes if plain(text) not in clean.notes)
        clear = last.how != "refused" or last.clear(path.name)
        memory = max(plan.memory, last.memory)
        return CaseResult(
            mutant.base,
            mutant.kind,
            verdict,
            planned,
            str(missing),
            evidence,
            message,
            clear,
            plan.cpu,
            memory,
        )


def clean(ground: Ground, path: Path, *, music: bool = False, run: bool = False) -> CaseResult:
    """Ask finish about a whole clip: any report is a false alarm."""
    answer = _ask(ground, path, music, run=run)
    wrong = answer.how if answer.how != "done" else "alarm" if answer.alarms else "clean"
    verdict = "alarm" if wrong == "refused" else wrong
    message = answer.message or "; ".join(answer.alarms)
    return CaseResult(
        path.name, "clean", verdict, verdict, "nothing", (), message, True, answer.cpu, answer.memory
    )


def _ask(ground: Ground, path: Path, music: bool, *, run: bool = False) -> Answer:
    with tempfile.TemporaryDirectory(prefix="finish-fuzz-", dir=ground.folder) as folder:
        if not music:
            return answer_of(path, Path(folder), run=run)
        return answer_of(ground.folder / CARRIER, Path(folder), music=path, run=run)


def _verdict(answer: Answer, missing: Loss, evidence: tuple[str, ...], clean: Known) -> str:
    if answer.how in ("crash", "hang", "memory"):
        return answer.how
    word = answer.how == "refused" or bool(answer.words(clean.notes))
    known = bool(answer.known(clean.notes))
    if missing.harmless:
        return "over-strict" if answer.how == "refused" else "noted-harmless" if word else "fine"
    if word:
        return "refused" if answer.how == "refused" else "noted"
    if known:
        return "known"
    return "silent" if evidence else "unknowable"


def _sampled(ground: Ground, name: str) -> bool:
    return Random(f"{ground.seed}:run:{name}").random() < ground.sample
