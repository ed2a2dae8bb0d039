"""The documents of a job (lock file, manifest, history): typed, versioned, each with a JSON Schema.

`VERSION` is the format that this program writes. It reads that one and the one before; a document of version
1 states no version.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from finish.model import Approval, CheckResult, Note, Promise, Tolerance
from finish.model.approval import PROGRAM_VERSION
from finish.storage.file_state import State

VERSION: Final = 2
Version = Literal[1, 2]
VERSIONS: Final[tuple[int, ...]] = get_args(Version)
# In the lock file, whose other keys are names of deliverables: none begins with "$".
VERSION_KEY: Final = "$version"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class RecordedModel(BaseModel):
    """A part of a document; keys that another version added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Bounds(RecordedModel):
    """What a promise accepts: a range, either end of which may be open, or exactly one value."""

    low: float | None = None
    high: float | None = None
    exactly: JsonValue = None


class RecordedPromise(RecordedModel):
    """A promise about a published file, and the value measured on the file."""

    name: str
    measured: JsonValue = Field(default=None, description="the measured value, in `unit`")
    accepted: str = Field(default="", description="what the promise accepts, in words")
    unit: str = ""
    source: str = Field(
        default="", description="the standard, the destination or the setting that the promise comes from"
    )
    kept: bool = False
    part: str = Field(default="", description='"file", "picture" or "sound"')
    bounds: Bounds = Bounds()

    @property
    def result(self) -> CheckResult:
        """The promise with its recorded value; the file isn't read again."""
        accepted = Tolerance(self.bounds.low, self.bounds.high, self.bounds.exactly)
        promise = Promise(self.name, _recorded, accepted, self.unit, self.source, part=self.part)
        return CheckResult(promise, self.measured)


def _recorded(_: object) -> None:
    """A fact that isn't computed: the document has the measured value."""


class RecordedNote(RecordedModel):
    """A note about a deliverable; `level` is "act", "know" or "detail"."""

    level: str = "know"
    code: str = ""
    text: str


class RecordedSource(RecordedModel):
    """The clip of a deliverable, or a clip of its timeline."""

    file: str
    sha256: str


class PublishedState(RecordedModel):
    """The state of a deliverable's files and of all that they come from, so that a later run sees changes.

    A file's state is its device, inode, size in bytes and its two times in nanoseconds.
    """

    stated: str = Field(
        description="the digest of the settings, the documents that they name, and the programs"
    )
    clip: State = None
    others: list[State] = Field(default=[], description="the other clips of a timeline, in their order")
    files: dict[str, State] = {}


class ApprovedStreams(RecordedModel):
    """Digests of a published file's inputs and streams.

    A plan with the same inputs but other streams was made by another version.
    """

    inputs: str = Field(description="the digest of the source, the job spec, its files, and the decisions")
    picture: str = Field(description="the digest of the planned picture")
    sound: str = Field(description="the digest of the planned sound")
    files: str = Field(default="", description="the digest of the planned files beside it")
    finish: str = Field(pattern=PROGRAM_VERSION, description="the version of finish")
    ffmpeg: str = Field(pattern=PROGRAM_VERSION, description="the version of FFmpeg")


class ManifestEntry(RecordedModel):
    """One published deliverable: what it was made from, its promises, and what was measured."""

    file: str
    sha256: str
    bytes: int
    preset: str = ""
    source: RecordedSource
    sources: list[RecordedSource] = Field(
        default=[], description="the clips of a timeline, in order of first use"
    )
    account: dict[str, JsonValue] = Field(
        default={}, description="what the clip holds, what of it is delivered, and what is lost"
    )
    made: str = Field(description="the digest of everything that the file is made from")
    picture: str = Field(default="", description="the digest of everything that its picture is made from")
    unsigned: str = Field(default="", description="the digest of what is signed; empty for an unsigned file")
    approved: ApprovedStreams | None = None
    promises: list[RecordedPromise]
    notes: list[RecordedNote | str] = []
    sidecars: list[str] = []
    plan: list[str] = Field(default=[], description="the plan as text")
    standing: PublishedState | None = None
    versions: dict[str, str] = Field(default={}, description="the programs that made it")
    seal: str = Field(
        default="",
        description="proves that the entry was written on this machine and not brought with the job",
    )

    @property
    def values(self) -> dict[str, Any]:
        """The entry as JSON values, without `versions` and `seal`, which are added when it is written."""
        return self.model_dump(exclude_unset=True, exclude={"versions", "seal"})

    @property
    def read_notes(self) -> tuple[Note, ...]:
        """The notes of the deliverable."""
        return tuple(Note.read(note if isinstance(note, str) else note.model_dump()) for note in self.notes)


class Manifest(RecordedModel):
    """`out/manifest.json`: every published deliverable of a job, by name."""

    version: Version = Field(default=1, description="the version of this format")
    job: str = ""
    deliverables: dict[str, ManifestEntry]


class PublishedPiece(RecordedModel):
    """A piece of a published picture.

    `place` is the time in the clip at which it begins, `seconds` its length, both as fractions of s.
    """

    place: str
    seconds: str
    filters: list[str]


class PublishedHistory(RecordedModel):
    """`.finish/history/NAME.json`: the filters of a published deliverable's pieces, and of its sound."""

    version: Version = Field(default=1, description="the version of this format")
    pieces: list[PublishedPiece]
    sound: list[str] = []

    @cached_property
    def filters_by_piece(self) -> dict[tuple[str, str], list[str]]:
        """The filters of each piece, by its place and its length."""
        return {(piece.place, piece.seconds): piece.filters for piece in self.pieces}


class LockedDecision(BaseModel):
    """A stage's decision: plain values that you can change, and the digest of what the decision is about."""

    model_config = ConfigDict(frozen=True, extra="allow")

    of: str = Field(
        "",
        description="the digest of what the decision is about; a decision about anything else is made again",
    )


class LockFile(BaseModel):
    """`job.lock.yaml`: the decisions of each deliverable, by its name and the stage.

    The decisions about the segments of a timeline are under `segments`, by their names and the stage.

    No deliverable can be named `$version`.
    """

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
    __pydantic_extra__: dict[str, dict[str, LockedDecision]]

    version: Version = Field(default=1, alias=VERSION_KEY, description="the version of this format")


DOCUMENTS: Final[dict[str, type[BaseModel]]] = {
    "lock": LockFile,
    "manifest": Manifest,
    "history": PublishedHistory,
    "approval": Approval,
}


def document_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one of `DOCUMENTS`, as this version of the program writes it."""
    return {"$schema": _DIALECT, **DOCUMENTS[name].model_json_schema(mode="serialization")}


def manifest_entry(values: object) -> ManifestEntry | None:
    """An entry of a manifest; None for values that aren't one."""
    try:
        return ManifestEntry.model_validate(values)
    except ValidationError:
        return None
