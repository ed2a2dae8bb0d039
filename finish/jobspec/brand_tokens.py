"""The tokens of a brand as settings: defaults for what a job states, and names in place of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from finish.jobspec.loaded_brand import TOKENS, LoadedBrand
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.model_shape import AcceptedType, inside, written_fields
from finish.jobspec.section_settings import longhand
from finish.jobspec.spec_tree import Node, layered, mapped, printable
from finish.model import Document, Source, Stage
from finish.stages.composite.composite_settings import LOGO_HEIGHT

# The tokens that each setting can take, the first one that the brand states. A graphic (a path of keys) takes
# them only where a job states it; captions take them always.
_GRAPHICS: Final[Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]] = {
    ("composite", "logo"): {
        "light": ("logos.light",),
        "dark": ("logos.dark",),
        "mark": ("logos.mark",),
        "height_min": ("logos.height_min",),
        "clear": ("logos.clear",),
    },
    ("composite", "lower_third"): {
        "accent": ("colours.accent", "colours.primary"),
        "font": ("fonts.display", "fonts.text"),
        "size": ("type.title",),
        "subtitle_size": ("type.subtitle",),
    },
    ("composite", "end_card"): {
        "background": ("colours.ground",),
        "accent": ("colours.accent", "colours.primary"),
        "font": ("fonts.display", "fonts.text"),
        "size": ("type.heading",),
    },
}
_TITLES: Final[Mapping[str, tuple[str, ...]]] = {
    "accent": ("colours.accent", "colours.primary"),
    "font": ("fonts.display", "fonts.text"),
}
_CAPTIONS: Final[Mapping[str, tuple[str, ...]]] = {"font": ("fonts.text", "fonts.display")}
_PICTURES: Final = ("light", "dark", "mark")
_DISCLOSURE: Final = "{disclosure}"
_TEXTS: Final = frozenset({"title", "subtitle", "text", "kicker", "action", "handle"})
_SEGMENT_COLOURS: Final = ("background", "colour", "accent")  # of cards and dips in a timeline
_LOOK_COLOURS: Final = ("colour", "emphasis")


@dataclass(frozen=True)
class BrandTokens:
    """The tokens of one brand, as the sections of a job take them."""

    brand: LoadedBrand

    # ------------------------------------------------------------ defaults

    def filled(self, stage: Stage, tree: Node) -> Node:
        """A section with the tokens of the brand where it states nothing."""
        bare = self.bare(tree)
        tokens = self.defaults(stage, bare)
        if stage.name == "captions":
            bare = self._with_glossary(bare)
        if stage.name == "composite":
            bare = self._with_titles(bare)
        return (layered([bare, tokens]) or bare) if tokens else bare

    def bare(self, tree: Node) -> Node:
        """A section without tokens: what people state."""
        kept = {key: self.bare(node) for key, node in tree.entries.items() if not self.is_token(node)}
        if not tree.entries or (
            len(kept) == len(tree.entries) and all(map(_same, kept.items(), tree.entries.items()))
        ):
            return tree
        return replace(tree, value=kept, validated=None)

    def is_token(self, node: Node) -> bool:
        """Whether a node is a token of the brand, or made of tokens."""
        at = node.origin
        return at.file == self.brand.file and at.path.split(".")[0].split("[")[0] in TOKENS

    def defaults(self, stage: Stage, stated: Node) -> Node | None:
        """The tokens for a section, as a tree; None if there are none. No graphic is added."""
        if stated.value is None:
            return None
        known = written_fields(stage.Settings)
        entries = {
            graphic: node
            for (section, graphic), takes in _GRAPHICS.items()
            if section == stage.name and graphic in known
            if (node := self._graphic(graphic, takes, stated.at(graphic))) is not None
        }
        if stage.name == "captions":
            entries |= {key: node for key, node in self._captions(stated).items() if key in known}
        return Node(entries, self.brand.tree.origin) if entries else None

    def states(self, stage: Stage, path: Sequence[str]) -> bool:
        """Whether the brand states a setting of a stage, by itself or for a graphic."""
        graphics = {name: Node({}, self.brand.tree.origin) for _, name in _GRAPHICS}
        section = longhand(stage.Settings, self.brand.sections.at(stage.name))
        whole = Node(graphics, self.brand.tree.origin)
        node = layered([section, self.defaults(stage, whole)])
        for key in path:
            node = node.at(key) if node is not None else None
        return node is not None

    def _graphic(self, name: str, takes: Mapping[str, tuple[str, ...]], stated: Node | None) -> Node | None:
        if stated is None or not isinstance(stated.value, Mapping):
            return None
        template = self.brand.token(f"templates.{name}")
        entries = {**self._taken(takes), **(template.entries if template else {})}
        if name == "logo":
            entries = self._logo(entries, stated)
        if name == "end_card":
            other = {"text": "file", "file": "text"}
            entries = {key: node for key, node in entries.items() if not _is_set(stated, other.get(key, ""))}
        return Node(entries, self.brand.tree.origin) if entries else None

    def _logo(self, entries: Mapping[str, Node], stated: Node) -> dict[str, Node]:
        """The tokens of a logo: none of its pictures for one with a file of its own."""
        own = _is_set(stated, "file")
        kept = {key: node for key, node in entries.items() if not (own and key in _PICTURES)}
        if (roles := self.brand.token("logos.grounds")) is not None and isinstance(roles.value, tuple):
            known = self.brand.kit.colours
            named = (
                replace(role, value=known[str(role.value)]) for role in roles.value if role.value in known
            )
            kept["grounds"] = replace(roles, value=tuple(named))
        least, height = kept.get("height_min"), stated.at("height")
        if least is None or not isinstance(least.value, int | float):
            return kept
        if height is None or height.value is None:
            return {**kept, "height": least} if least.value > LOGO_HEIGHT else kept
        lower = isinstance(height.value, int | float) and height.value < least.value
        if lower and self.brand.kit.logos.severity == "should":
            del kept["height_min"]  # the departure is noted
        return kept

    def _captions(self, stated: Node) -> dict[str, Node]:
        """The tokens of captions; a style in a file has a font of its own."""
        taken = self._taken(_CAPTIONS)
        if _is_file(stated.at("style")):
            taken.pop("font", None)
        size, never, glossary = map(self.brand.token, ("type.caption", "never", "glossary"))
        if size is not None:
            taken["look"] = Node({"size": size}, size.origin)
        if never is not None:
            refuse = Node("never" in self.brand.kit.must, never.origin)
            taken["never"] = Node({"words": never, "refuse": refuse}, never.origin)
        if glossary is not None:
            taken["glossary"] = glossary
        return taken

    def _with_glossary(self, stated: Node) -> Node:
        """Captions whose own glossary has the brand's names too."""
        own, names = stated.at("glossary"), self.brand.token("glossary")
        if (
            names is None
            or own is None
            or not isinstance(own.value, tuple)
            or not isinstance(names.value, tuple)
        ):
            return stated
        words = {item.value for item in own.value}
        more = tuple(item for item in names.value if item.value not in words)
        return replace(
            stated,
            value={**stated.entries, "glossary": replace(own, value=(*own.value, *more))},
            validated=None,
        )

    def _with_titles(self, stated: Node) -> Node:
        """Graphics whose titles have the accent and the font of the brand where they state none."""
        titles, tokens = stated.at("titles"), self._taken(_TITLES)
        if titles is None or not isinstance(titles.value, tuple) or not tokens:
            return stated
        filled = (
            replace(one, value={**tokens, **one.entries}) if one.entries else one for one in titles.value
        )
        entries = {**stated.entries, "titles": replace(titles, value=tuple(filled), validated=None)}
        return replace(stated, value=entries, validated=None)

    def _taken(self, takes: Mapping[str, tuple[str, ...]]) -> dict[str, Node]:
        """The token of every setting that the brand has one for."""
        return {key: node for key, paths in takes.items() if (node := self._first(paths)) is not None}

    def _first(self, paths: Sequence[str]) -> Node | None:
        return next((node for path in paths if (node := self.brand.token(path)) is not None), None)

    # ------------------------------------------------------------ names

    def named(self, tree: Node, stages: Sequence[Stage], report: Report) -> Node:
        """A job or a brand with the values of the brand in place of their names.

        A name of a colour that the brand doesn't have is a mistake.
        """
        models: dict[str, Any] = {stage.name: stage.Settings for stage in stages}
        return self._walked(tree, models, report)

    def _walked(self, tree: Node, models: Mapping[str, Any], report: Report) -> Node:
        """A tree whose sections have values in place of names, at any depth outside of sections."""

        def of(key: str, node: Node) -> Node:
            if key in _SEGMENT_COLOURS and str(node.value) in self.brand.kit.colours:
                return replace(node, value=self.brand.kit.colours[str(node.value)])
            if key in models:
                return self._valued(node, (AcceptedType(models[key]),), (key,), report)
            if key == "templates":
                return self._templates(node, models, report)
            return node if key in TOKENS else self._walked(node, models, report)

        return mapped(tree, of, lambda item: self._walked(item, models, report))

    def _templates(self, tree: Node, models: Mapping[str, Any], report: Report) -> Node:
        kinds = (AcceptedType(models["composite"]),) if "composite" in models else ()
        return self._valued(tree, kinds, ("composite",), report)

    def _valued(
        self, node: Node, kinds: Sequence[AcceptedType], path: tuple[str, ...], report: Report
    ) -> Node:
        if isinstance(node.value, str):
            return self._value(node, kinds, path, report)

        def of(key: str, inner: Node) -> Node:
            below = tuple(kind for accepted in kinds for kind in inside(accepted.type, key))
            return self._valued(inner, below, (*path, key), report)

        def item(inner: Node) -> Node:
            below = tuple(kind for accepted in kinds for kind in inside(accepted.type, 0))
            return self._valued(inner, below, path, report)

        return mapped(node, of, item)

    def _value(
        self, node: Node, kinds: Sequence[AcceptedType], path: tuple[str, ...], report: Report
    ) -> Node:
        """A text of a section, or what the brand has under that name."""
        text, kit = str(node.value), self.brand.kit
        if kit.colours and not text.startswith("#") and (_is_colour(kinds) or _is_look_colour(path)):
            if text in kit.colours:
                return replace(node, value=kit.colours[text])
            if text == "none" or not _is_only_colour(kinds, path):
                return node
            report.add(node.origin, f'unknown colour "{printable(text)}"', choices(text, kit.colours))
            return replace(node, value="#000000")
        if path[-1] == "font" and any(kind.type is Document for kind in kinds):
            return self._placed(node, f"fonts.{text}") if text in kit.fonts else node
        if path[0] == "mix" and any(kind.type is Source for kind in kinds):
            where = "beds" if text in kit.music.beds else "stings" if text in kit.music.stings else ""
            return self._placed(node, f"music.{where}.{text}") if where else node
        if path[0] == "composite" and _DISCLOSURE in text and not _TEXTS.isdisjoint(path):
            if not self.brand.disclosure:
                report.add(node.origin, "the brand has no disclosure", "state disclosure in the brand")
            return replace(node, value=text.replace(_DISCLOSURE, self.brand.disclosure))
        return node

    def _placed(self, name: Node, path: str) -> Node:
        """The file of a token in place of its name: the place is that of the name, the folder the brand's."""
        token = self.brand.token(path)
        if token is None:
            return name
        return replace(name, value=token.value, origin=replace(name.origin, folder=token.origin.folder))


def _is_colour(kinds: Sequence[AcceptedType]) -> bool:
    """Whether a place takes a colour, #RRGGBB."""
    patterns = (str(getattr(mark, "pattern", "")) for kind in kinds for mark in kind.marks)
    return any("#[0-9A-Fa-f]{6}" in pattern for pattern in patterns)


def _is_only_colour(kinds: Sequence[AcceptedType], path: tuple[str, ...]) -> bool:
    """Whether a place that takes colours takes no other words."""
    patterns = {getattr(mark, "pattern", None) for kind in kinds for mark in kind.marks}
    return r"^#[0-9A-Fa-f]{6}$" in patterns or _is_look_colour(path)


def _is_look_colour(path: tuple[str, ...]) -> bool:
    return path[:2] == ("captions", "look") and path[-1] in _LOOK_COLOURS


def _is_set(tree: Node, key: str) -> bool:
    node = tree.at(key)
    return node is not None and node.value is not None


def _is_file(node: Node | None) -> bool:
    """Whether a style isn't a packaged one, which has no suffix and no folder."""
    return node is not None and isinstance(node.value, str) and ("/" in node.value or "." in node.value)


def _same(one: tuple[str, Node], other: tuple[str, Node]) -> bool:
    return one[0] == other[0] and one[1] is other[1]
