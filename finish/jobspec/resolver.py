"""Deliverables from the job's tree: layers are merged and validated, once for all clips where possible."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from finish.errors import FinishError, several
from finish.jobspec.approvals import ApprovedDefaults, KeptApproval
from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.brand_departures import Departure
from finish.jobspec.brand_rules import BrandRules
from finish.jobspec.encode_settings import Encode, changed_delivery, encode_change
from finish.jobspec.entries import Variant
from finish.jobspec.mistakes import Mistake, Report, choices
from finish.jobspec.model_shape import written_fields
from finish.jobspec.name_register import Register
from finish.jobspec.path_templates import needs_clip, path_templates
from finish.jobspec.presets import LoadedPreset, packaged_preset
from finish.jobspec.section_settings import longhand, section_settings
from finish.jobspec.segment_settings import SegmentSettings, only_segments
from finish.jobspec.sources import SourceClip
from finish.jobspec.spec_tree import Node, Origin, layered, plain
from finish.jobspec.stated_edit import StatedEdit
from finish.jobspec.text_maps import stand_ins
from finish.jobspec.validation import validate_layer
from finish.jobspec.wording import Wording
from finish.model import Deliverable, Delivery, Settings, Stage, UnreadableDeliverable
from finish.units import digest


@dataclass(frozen=True)
class ResolvedDeliverable:
    """One deliverable with its trees by section ("delivery" is one), the library that read their paths, and
    its timeline as it is stated."""

    deliverable: Deliverable
    trees: Mapping[str, Node]
    destination: LoadedPreset
    library: AssetLibrary
    stated: StatedEdit | None = None
    departures: tuple[Departure, ...] = ()


@dataclass(frozen=True)
class DeliverableDraft:
    """The part of a deliverable that is the same for every clip.

    `trees` are its sections with their layers merged. `settings` are those that no clip changes, None if they
    aren't valid; `by_clip` are the places of paths that each clip changes. `encodes` are the layers of
    `encode`: the first outranks the next.
    """

    variant: Variant
    destination: LoadedPreset | None
    encodes: tuple[Node | None, ...]
    trees: Mapping[str, Node]
    settings: Mapping[str, Settings | None] = field(default_factory=dict)
    by_clip: frozenset[Origin] = frozenset()
    delivery: Delivery | None = None
    spec_digest: str = ""


@dataclass(frozen=True)
class Resolver:
    """Resolves the deliverables of one job. `layers` are the trees of the job and its brand, in this rank.

    In a job with several clips, a file that is missing for one clip stops only that clip.
    """

    stages: tuple[Stage, ...]
    library: AssetLibrary
    report: Report
    layers: tuple[Node | None, ...]
    register: Register
    wording: Wording
    approval: KeptApproval | None = None
    defaults: ApprovedDefaults = field(default_factory=ApprovedDefaults)
    errors: dict[tuple[Mistake, ...], FinishError] = field(default_factory=dict)
    brand: BrandRules | None = None

    def check_layers(self, drafts: Sequence[DeliverableDraft]) -> None:
        """Report mistakes in the layers of the job and its brand, even where every deliverable outranks them.

        Values that are part of a draft were validated with it, and aren't validated again.
        """
        validated_nodes = {
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
                if all(id(leaf) in validated_nodes for leaf in _leaves(node)):
                    continue
                layer_report = Report(self.report.job)
                worded = stand_ins(node, model, layer_report)
                validate_layer(model, worded, layer_report, self.library)
                # A path with fields can be read only where they are filled in.
                self._pass_on(layer_report, frozenset(place for place, _ in path_templates(node)))

    def draft(self, variant: Variant) -> DeliverableDraft:
        """A deliverable without a clip. Its mistakes are in the report, except those of single clips."""
        destination = self._destination(variant.tree.at("preset"))
        if destination:
            self._refuse_unknown_defaults(destination)
        self.register.check(variant)
        trees = {stage.name: self._section(stage, variant, destination) for stage in self.stages}
        encodes = tuple(layer.at("encode") for layer in (variant.tree, self.layers[0]) if layer)
        return self._settled(DeliverableDraft(variant, destination, encodes, trees), (*trees, "encode"))

    def with_exception(self, draft: DeliverableDraft, exception: Node) -> DeliverableDraft:
        """A draft with the settings that differ for one clip."""
        changes = exception.entries
        trees = {
            name: self._filled(name, layered([changes[name], tree]) or tree) if name in changes else tree
            for name, tree in draft.trees.items()
        }
        return self._settled(
            replace(draft, trees=trees, encodes=(changes.get("encode"), *draft.encodes)), tuple(changes)
        )

    def resolved(
        self, draft: DeliverableDraft, clip: SourceClip
    ) -> ResolvedDeliverable | UnreadableDeliverable | None:
        """One deliverable of one clip; None if it has a mistake that stops the job."""
        own = Report(self.report.job)  # a mistake for one clip can be none of the job
        library = self.library.of({**draft.variant.fields, "clip": clip.stem})
        settings = {
            stage.name: draft.settings[stage.name]
            if stage.name in draft.settings
            else section_settings(stage, draft.trees[stage.name], library, own)
            for stage in self.stages
        }
        lost = self._pass_on(own, draft.by_clip if self.register.batch else frozenset())
        name = self.register.name(
            draft.variant, draft.destination.name if draft.destination else "", draft.delivery, clip
        )
        if draft.destination is None or draft.delivery is None or clip.path is None or not name:
            return None
        if lost:
            return UnreadableDeliverable(name, clip.path, self._error(lost, clip))
        whole = {key: value for key, value in settings.items() if value is not None}
        deliverable = Deliverable(
            name,
            clip.path,
            draft.delivery,
            whole,
            draft.variant.stated.origin.place,
            accept=self._accepted(draft),
            spec_digest=draft.spec_digest,
            kept=self._kept(draft, whole),
        )
        self.wording.check(deliverable, draft.trees)
        edited = self._edited(deliverable, draft, clip.edit, library)
        departing = self.brand.departures(draft.trees) if self.brand else ()
        if self.brand:
            notes = self.brand.notes(edited, draft.trees, draft.variant.tree, departing)
            edited = replace(edited, notes=notes)
        return ResolvedDeliverable(edited, draft.trees, draft.destination, library, clip.edit, departing)

    def _edited(
        self, whole: Deliverable, draft: DeliverableDraft, stated: StatedEdit | None, library: AssetLibrary
    ) -> Deliverable:
        """A deliverable with the edit of its timeline, if it has one."""
        only = only_segments(draft.variant.tree, stated, self.report)
        if stated is None:
            return whole
        segments = SegmentSettings(
            self.stages, draft.trees, whole.settings, library, self._filled, self.report, self.wording
        )
        edit = segments.edit(stated, only, whole.delivery)
        known = digest("spec", draft.spec_digest, stated.digest, *only, *segments.texts(stated, edit))
        return replace(whole, source=stated.source(edit), edit=edit, spec_digest=known)

    def _digested(self, draft: DeliverableDraft) -> DeliverableDraft:
        """A draft with the digest of what is stated for it, whatever the defaults are."""
        stated = {name: plain(self.defaults.without(tree)) for name, tree in draft.trees.items()}
        return replace(draft, spec_digest=digest("spec", json.dumps(stated, sort_keys=True, default=str)))

    def _kept(self, draft: DeliverableDraft, settings: Mapping[str, Settings]) -> tuple[str, ...]:
        """What the deliverable takes from the job's approval although this version of finish has another."""
        preset = draft.destination
        assert preset is not None
        defaults = (path for name, tree in draft.trees.items() for path in self.defaults.paths_in(tree, name))
        documents = (document for section in settings.values() for document in section.documents)
        return (
            *((f"preset {preset.name}",) if preset.recorded else ()),
            *self.library.kept_designs(documents),
            *(f"default {path}" for path in sorted(set(defaults))),
        )

    def _destination(self, preset: Node | None) -> LoadedPreset | None:
        if preset is None:
            return None
        name = str(preset.value)
        if self.approval and (recorded := self.approval.preset(name, self.report)):
            return recorded
        try:
            return packaged_preset(name)
        except KeyError:
            return None

    def _accepted(self, draft: DeliverableDraft) -> tuple[str, ...]:
        """The codes of notes that the deliverable and the job accept."""
        stated = (layer.at("accept") for layer in (draft.variant.tree, self.layers[0]) if layer)
        return tuple(
            str(code.value)
            for node in stated
            if node and isinstance(node.value, tuple)
            for code in node.value
        )

    def _settled(self, bare: DeliverableDraft, changed: Collection[str]) -> DeliverableDraft:
        """A draft with its `changed` sections validated, except those that need a clip."""
        library = self.library.of(bare.variant.fields)
        models = {stage.name: stage.Settings for stage in self.stages}
        bare = replace(bare, trees=self.wording.sections(bare.trees, models))
        fixed = {
            stage.name: section_settings(stage, bare.trees[stage.name], library, self.report)
            for stage in self.stages
            if stage.name in changed and not needs_clip(bare.trees[stage.name])
        }
        settings = {name: value for name, value in bare.settings.items() if name not in changed} | fixed
        by_clip = frozenset(
            place
            for name, tree in bare.trees.items()
            if name not in settings
            for place, fields in path_templates(tree)
            if "clip" in fields and fields <= {"clip", *bare.variant.fields}
        )
        settled = replace(bare, settings=settings, by_clip=by_clip)
        return self._digested(self._delivered(settled) if "encode" in changed else settled)

    def _delivered(self, bare: DeliverableDraft) -> DeliverableDraft:
        preset = bare.variant.tree.at("preset")
        changes = encode_change(bare.encodes, self.report, bare.variant.stated.origin)
        if not (bare.destination and preset and changes):
            return bare
        delivery, tree = changed_delivery(bare.destination, changes, preset, self.report)
        return replace(bare, delivery=delivery, trees={**bare.trees, "delivery": tree})

    def _section(self, stage: Stage, variant: Variant, destination: LoadedPreset | None) -> Node:
        defaults = destination.tree.at("defaults") if destination else None
        stated = [
            longhand(stage.Settings, layer.at(stage.name)) for layer in (*self.layers, defaults) if layer
        ]
        merged = layered(
            [longhand(stage.Settings, variant.tree.at(stage.name)), _implied(stage, variant), *stated]
        )
        return self._filled(stage.name, merged or Node({}, variant.stated.origin.under(stage.name)))

    def _filled(self, section: str, tree: Node) -> Node:
        """The tree of a section with the tokens of the brand, and the defaults of the job's approval, where
        it states nothing."""
        (stage,) = (stage for stage in self.stages if stage.name == section)
        branded = self.brand.filled(stage, tree) if self.brand else tree
        return self.defaults.filled(branded, stage.Settings, section)

    def _pass_on(self, report: Report, held_back: frozenset[Origin]) -> tuple[Mistake, ...]:
        """Add mistakes to the job's report, except those at some places, which are returned."""
        for mistake in report.mistakes:
            if mistake.at not in held_back:
                self.report.add(mistake.at, mistake.message, mistake.hint)
        return tuple(mistake for mistake in report.mistakes if mistake.at in held_back)

    def _error(self, lost: tuple[Mistake, ...], clip: SourceClip) -> FinishError:
        """One error for all deliverables of a clip that have the same mistakes."""
        named = tuple(
            replace(mistake, at=replace(mistake.at, path=f"{mistake.at.path} of {clip.label}"))
            for mistake in lost
        )
        return self.errors.setdefault(named, several(tuple(mistake.error for mistake in named)))

    def _refuse_unknown_defaults(self, destination: LoadedPreset) -> None:
        known = [stage.name for stage in self.stages]
        defaults = destination.tree.at("defaults")
        for key, node in (defaults.entries if defaults else {}).items():
            if key not in known:
                self.report.add(node.key or node.origin, "unknown key", choices(key, known))


def _implied(stage: Stage, variant: Variant) -> Node | None:
    """The language of `for`, for a stage that has a setting for it."""
    lang = variant.chosen.get("lang")
    return Node({"lang": lang}, lang.origin) if lang and "lang" in written_fields(stage.Settings) else None


def _leaves(tree: Node) -> Iterator[Node]:
    """The values that merging keeps unchanged: scalars, lists and empty maps."""
    if not tree.entries:
        yield tree
    for node in tree.entries.values():
        yield from _leaves(node)
