"""A brand as it was read: its kit, and the tree of its file, which knows every line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from finish.jobspec.model_shape import written_fields
from finish.jobspec.section_settings import longhand
from finish.jobspec.spec_tree import Node
from finish.model.brand_kit import BrandKit
from finish.stages.disclosure import DisclosureSettings

TOKENS: Final = frozenset(written_fields(BrandKit))


@dataclass(frozen=True)
class LoadedBrand:
    """A brand as it was read. `digest` is that of its file and of every file that it names."""

    kit: BrandKit
    tree: Node = field(repr=False)
    digest: str
    data: bytes = field(default=b"", repr=False)
    names: frozenset[str] = frozenset()  # of the files that it names

    @property
    def file(self) -> str:
        """The file as messages name it."""
        return self.tree.origin.file

    @property
    def sections(self) -> Node:
        """The sections of a job that the brand states."""
        return self.tree.without(*TOKENS)

    @property
    def disclosure(self) -> str:
        """The text that `{disclosure}` stands for; "" without one."""
        section = longhand(DisclosureSettings, self.tree.at("disclosure"))
        text = section.at("text") if section else None
        return str(text.value) if text and isinstance(text.value, str) else ""

    def states_tokens(self) -> bool:
        """Whether it has more than sections."""
        return bool(TOKENS & self.tree.entries.keys())

    def token(self, path: str) -> Node | None:
        """The node of a token, such as `colours.accent`; None if the brand doesn't state it."""
        node: Node | None = self.tree
        for key in path.split("."):
            node = node.at(key) if node is not None else None
        return node if node is not None and node.value is not None else None
