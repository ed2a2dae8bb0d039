"""A brand.yaml that is about to be written: its keys with their values, and why each has that value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from finish.errors import PathError
from finish.jobspec.spec_tree import printable
from finish.model.brand_kit import KIT_SCHEMA
from finish.model.yaml_text import yaml_quoted, yaml_scalar
from finish.storage.publish import write_whole

KIT_FILE: Final = "brand.yaml"
_REMARK: Final = 180  # characters of a comment: two lines of an editor

DraftValue = str | float | int | tuple["DraftValue", ...] | Mapping[str, "DraftValue"]


@dataclass(frozen=True)
class DraftEntry:
    """One key of a section with the reason for its value; without a key, an item of a list.

    An entry that isn't `stated` is written as a comment: a guess that would change jobs, or a mistake.
    """

    key: str
    value: DraftValue
    reason: str = ""
    stated: bool = True


@dataclass(frozen=True)
class DraftSection:
    """A key of a kit with its entries: a map, a list of entries without keys, or a single value."""

    key: str
    entries: tuple[DraftEntry, ...]
    reason: str = ""
    single: bool = False


@dataclass(frozen=True)
class LeftOut:
    """Something that a kit couldn't take, and why or what to do."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{printable(self.what, 200)}: {self.why}"


@dataclass(frozen=True)
class KitDraft:
    """A kit before it is written. `head` says where it comes from."""

    head: str
    sections: tuple[DraftSection, ...]
    left_out: tuple[LeftOut, ...] = ()

    def text(self) -> str:
        """The file, with the reason of each value as a comment."""
        lines = [f"# {printable(self.head, _REMARK)}", f"schema: {KIT_SCHEMA}"]
        for section in self.sections:
            if section.entries:
                lines += ["", *_section(section)]
        if self.left_out:
            lines += ["", "# Left out:", *(f"# - {printable(str(item), 400)}" for item in self.left_out)]
        return "\n".join(lines) + "\n"

    def stated(self, key: str) -> Mapping[str, DraftValue]:
        """The values of a section that are stated, by key."""
        entries = (entry for section in self.sections if section.key == key for entry in section.entries)
        return {entry.key: entry.value for entry in entries if entry.stated}

    def write(self, folder: Path) -> Path:
        """Write brand.yaml into a folder; returns its path. PathError if there is one already."""
        target = folder / KIT_FILE
        require_absent(folder)
        write_whole(target, self.text().encode())
        return target


def require_absent(folder: Path) -> None:
    """PathError if a folder has a brand.yaml."""
    if (folder / KIT_FILE).exists() or (folder / KIT_FILE).is_symlink():
        raise PathError(f"{folder / KIT_FILE} exists", "rename it, or name another folder")


def _section(section: DraftSection) -> Iterator[str]:
    if section.reason:
        yield f"# {printable(section.reason, _REMARK)}"
    if section.single:
        (entry,) = section.entries
        yield _line("", f"{section.key}: {_spelt(entry.value)}", entry)
        return
    # A section of comments only would be a null, which hides what is below it.
    stated = any(entry.stated for entry in section.entries)
    yield f"{section.key}:" if stated else f"# {section.key}:"
    for entry in section.entries:
        head = f"{_key(entry.key)}: " if entry.key else "- "
        yield _line("  ", head + _spelt(entry.value), entry)


def _line(indent: str, text: str, entry: DraftEntry) -> str:
    reason = f"  # {printable(entry.reason, _REMARK)}" if entry.reason else ""
    return f"{indent}{'' if entry.stated else '# '}{text}{reason}"


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key[0].isalpha() else yaml_quoted(key)


def _spelt(value: DraftValue) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return yaml_scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {_spelt(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_spelt, value)) + "]"
    return f"{value:g}"
