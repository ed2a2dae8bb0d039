"""One section's settings from its tree."""

from __future__ import annotations

from dataclasses import replace

from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Node, tree_of
from finish.jobspec.validation import validated
from finish.model import Settings, Stage


def section_settings(stage: Stage, tree: Node, library: AssetLibrary, report: Report) -> Settings | None:
    """A section's settings; None if it isn't valid, and then every mistake is in `report`.

    A section that was made from validated settings is these settings: nothing is validated twice.
    """
    if isinstance(tree.validated, stage.Settings):
        return tree.validated
    if (language := tree.at("lang")) and isinstance(language.value, str):
        library = library.of({"lang": language.value, **library.fields})
    unset = tree.value is None  # a null instead of the section resets all of it
    return validated(stage.Settings, Node({}, tree.origin) if unset else tree, report, library)


def longhand(model: type[Settings], node: Node | None) -> Node | None:
    """A section; a single word is replaced by the map that it is short for."""
    long = model.shorthand(node.value) if node and isinstance(node.value, str) else None
    return replace(tree_of(long, node.origin), key=node.key) if node and long else node
