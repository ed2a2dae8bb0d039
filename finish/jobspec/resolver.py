"""Where deliverables are made: layers merged and checked, deliveries fixed; what is the same for all clips, once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from finish.errors import FinishError, several
from finish.jobspec import name_fields
from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.encode_settings import Encode, change, delivery
from finish.jobspec.entries import Variant
from finish.jobspec.mistakes import Mistake, Report, choices
from finish.jobspec.model_shape import written_fields
from finish.jobspec.name_register import Register
from finish.jobspec.presets import LoadedPreset, packaged_preset
from finish.jobspec.sources import SourceClip
from finish.jobspec.spec_tree import Node, Origin, layered, tree_of
from finish.jobspec.validation import validate_layer, validated
from finish.model import Deliverable, Delivery, Settings, Stage, UnreadableDeliverable


@dataclass(frozen=True)
class ResolvedDeliverable:
    """One deliverable with the trees that it was made of, by section ("delivery" is one), and how their paths were read."""

    deliverable: Deliverable
    trees: Mapping[str, Node]
    shelf: LoadedPreset
    library: AssetLibrary


@dataclass(frozen=True)
class DeliverableDraft:
    """One deliverable as far as it is the same for every clip.

    `trees` are its sections, layers merged; `settings` those of them that no clip changes, None where they are wrong;
    `by_clip` the places of the paths that do change. `encodes` are the layers of `encode`, the first outranks the next.
    """

    variant: Variant
    shelf: LoadedPreset | None
    encodes: tuple[Node | None, ...]
    trees: Mapping[str, Node]
    settings: Mapping[str, Settings | None] = field(default_factory=dict)
    by_clip: frozenset[Origin] = frozenset()
    delivery: Delivery | None = None


@dataclass(frozen=True)
class Resolver:
    """What every deliverable of one job is made with; `layers` are the job's and its brand's trees, the first outranks the next.

    Where the register counts several clips, a file which one of them lacks stops that clip only.
    """

    stages: tuple[Stage, ...]
    library: AssetLibrary
    report: Report
    layers: tuple[Node | None, ...]
    register: Register
    told: dict[tuple[Mistake, ...], FinishError] = field(default_factory=dict)

    def check_layers(self, drafts: Sequence[DeliverableDraft]) -> None:
        """Mistakes in what the job and its brand say, even where every deliverable says something else.

        What a draft was made of was checked with it, and isn't checked again.
        """
        checked_nodes = {
            id(leaf) for draft in drafts for name in draft.settings for leaf in _leaves(draft.trees[name])
        }
        models: dict[str, type[Settings]] = {
            **{stage.name: stage.Settings for stage in self.stages},
            "encode": Encode,
        }
        for layer in self.layers:
            for name, model in models.items():
                node = longhand(model, layer.at(name)) if layer else None
                if node is None or node.value is None:
                    continue
                if all(id(leaf) in checked_nodes for leaf in _leaves(node)):
                    continue
                layer_report = Report(self.report.job)
                validate_layer(model, node, layer_report, self.library)
                # What a path with fields means is known where it is filled in.
                self._pass_on(layer_report, frozenset(place for place, _ in _templates(node)))

    def outline(self, variant: Variant) -> DeliverableDraft:
        """A deliverable without a clip; its mistakes, but for those of a clip, are in the report."""
        shelf = _shelf(variant.tree.at("preset"))
        if shelf:
            self._refuse_unknown_defaults(shelf)
        self.register.check(variant)
        trees = {stage.name: self._section(stage, variant, shelf) for stage in self.stages}
        encodes = tuple(layer.at("encode") for layer in (variant.tree, self.layers[0]) if layer)
        return self._settled(DeliverableDraft(variant, shelf, encodes, trees), (*trees, "encode"))

    def excepted(self, outline: DeliverableDraft, exception: Node) -> DeliverableDraft:
        """The same for a clip of which the job says something else."""
        said = exception.entries
        trees = {
            name: layered([said.get(name), tree]) or tree if name in said else tree
            for name, tree in outline.trees.items()
        }
        return self._settled(
            replace(outline, trees=trees, encodes=(said.get("encode"), *outline.encodes)), tuple(said)
        )

    def made(
        self, outline: DeliverableDraft, clip: SourceClip
    ) -> ResolvedDeliverable | UnreadableDeliverable | None:
        """One deliverable of one clip; None when it has a mistake that stops the job."""
        own = Report(self.report.job)  # because what is wrong for one clip may be no mistake of the job
        library = self.library.of({**outline.variant.fields, "clip": clip.stem})
        settings = {
            stage.name: outline.settings[stage.name]
            if stage.name in outline.settings
            else self._settings(stage, outline.trees[stage.name], library, own)
            for stage in self.stages
        }
        lost = self._pass_on(own, outline.by_clip if self.register.batch else frozenset())
        name = self.register.name(
            outline.variant, outline.shelf.name if outline.shelf else "", outline.delivery, clip
        )
        if outline.shelf is None or outline.delivery is None or clip.path is None or not name:
            return None
        if lost:
            return UnreadableDeliverable(name, clip.path, self._error(lost, clip))
        whole = {key: value for key, value in settings.items() if value is not None}
        made = Deliverable(
            name,
            clip.path,
            outline.delivery,
            whole,
            outline.variant.stated.origin.place,
            accept=self._accepted(outline),
        )
        return ResolvedDeliverable(made, outline.trees, outline.shelf, library)

    def _accepted(self, outline: DeliverableDraft) -> tuple[str, ...]:
        """The codes of notes that the deliverable or the job accepts."""
        stated = (layer.at("accept") for layer in (outline.variant.tree, self.layers[0]) if layer)
        return tuple(
            str(each.value)
            for node in stated
            if node and isinstance(node.value, tuple)
            for each in node.value
        )

    def _settled(self, bare: DeliverableDraft, changed: Collection[str]) -> DeliverableDraft:
        """An outline with its `changed` sections checked, as far as no clip is needed for that."""
        library = self.library.of(bare.variant.fields)
        fixed = {
            stage.name: self._settings(stage, bare.trees[stage.name], library, self.report)
            for stage in self.stages
            if stage.name in changed and not _clips_in(bare.trees[stage.name])
        }
        settings = {name: value for name, value in bare.settings.items() if name not in changed} | fixed
        by_clip = frozenset(
            place
            for name, tree in bare.trees.items()
            if name not in settings
            for place, taken in _templates(tree)
            if "clip" in taken and taken <= {"clip", *bare.variant.fields}
        )
        settled = replace(bare, settings=settings, by_clip=by_clip)
        return self._delivered(settled) if "encode" in changed else settled

    def _delivered(self, bare: DeliverableDraft) -> DeliverableDraft:
        preset = bare.variant.tree.at("preset")
        asked = change(bare.encodes, self.report, bare.variant.stated.origin)
        if not (bare.shelf and preset and asked):
            return bare
        fixed, tree = delivery(bare.shelf, asked, preset, self.report)
        return replace(bare, delivery=fixed, trees={**bare.trees, "delivery": tree})

    def _section(self, stage: Stage, variant: Variant, shelf: LoadedPreset | None) -> Node:
        defaults = shelf.tree.at("defaults") if shelf else None
        stated = [
            longhand(stage.Settings, layer.at(stage.name)) for layer in (*self.layers, defaults) if layer
        ]
        merged = layered(
            [longhand(stage.Settings, variant.tree.at(stage.name)), _implied(stage, variant), *stated]
        )
        return merged or Node({}, variant.stated.origin.under(stage.name))

    @staticmethod
    def _settings(stage: Stage, tree: Node, library: AssetLibrary, report: Report) -> Settings | None:
        if (spoken := tree.at("lang")) and isinstance(spoken.value, str):
            library = library.of({"lang": spoken.value, **library.fields})
        unset = tree.value is None  # a null in the section's place: all of it is default
        return validated(stage.Settings, Node({}, tree.origin) if unset else tree, report, library)

    def _pass_on(self, found: Report, held_back: frozenset[Origin]) -> tuple[Mistake, ...]:
        """Puts mistakes into the job's report but for those that stand at some places, which are returned."""
        for mistake in found.mistakes:
            if mistake.at not in held_back:
                self.report.add(mistake.at, mistake.message, mistake.hint)
        return tuple(mistake for mistake in found.mistakes if mistake.at in held_back)

    def _error(self, lost: tuple[Mistake, ...], clip: SourceClip) -> FinishError:
        """One error for all deliverables of a clip that the same mistakes stop."""
        named = tuple(
            replace(each, at=replace(each.at, path=f"{each.at.path} of {clip.label}")) for each in lost
        )
        return self.told.setdefault(named, several(tuple(each.error for each in named)))

    def _refuse_unknown_defaults(self, shelf: LoadedPreset) -> None:
        known = [stage.name for stage in self.stages]
        defaults = shelf.tree.at("defaults")
        for key, node in (defaults.entries if defaults else {}).items():
            if key not in known:
                self.report.add(node.key or node.origin, "unknown key", choices(key, known))


def longhand(model: type[Settings], node: Node | None) -> Node | None:
    """A section that is a single word as the map that this stands for."""
    long = model.shorthand(node.value) if node and isinstance(node.value, str) else None
    return replace(tree_of(long, node.origin), key=node.key) if node and long else node


def _implied(stage: Stage, variant: Variant) -> Node | None:
    """What `for` says to a stage that has a language of its own."""
    lang = variant.chosen.get("lang")
    return Node({"lang": lang}, lang.origin) if lang and "lang" in written_fields(stage.Settings) else None


def _templates(tree: Node) -> Iterator[tuple[Origin, frozenset[str]]]:
    """Where texts stand that would take fields as paths, and which; a list stands for what is in it."""
    if isinstance(tree.value, str):
        taken = name_fields.path_fields(tree.value)
    elif isinstance(tree.value, tuple):
        inner = [each for node in tree.value for each in _templates(node)]
        yield from inner
        taken = frozenset(field for _, fields in inner for field in fields)
    else:
        for node in tree.entries.values():
            yield from _templates(node)
        return
    if taken:
        yield tree.origin, taken


def _leaves(tree: Node) -> Iterator[Node]:
    """The values of a tree that merging keeps as they are: scalars, lists and empty maps."""
    if not tree.entries:
        yield tree
    for node in tree.entries.values():
        yield from _leaves(node)


def _clips_in(tree: Node) -> bool:
    return any("clip" in taken for _, taken in _templates(tree))


def _shelf(preset: Node | None) -> LoadedPreset | None:
    try:
        return packaged_preset(str(preset.value)) if preset else None
    except KeyError:
        return None
