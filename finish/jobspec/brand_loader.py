"""The brand of a job: its file as a kit and a tree, checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from finish.jobspec.asset_library import AssetLibrary, Files
from finish.jobspec.brand_checks import check_brand
from finish.jobspec.entries import opened
from finish.jobspec.loaded_brand import LoadedBrand
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Node, Origin, PlacedText, printable
from finish.jobspec.validation import validated
from finish.jobspec.yaml_parser import parse
from finish.model import Settings, Stage
from finish.model.brand_kit import KIT_SCHEMA, BrandKit
from finish.units import digest

PACKED: Final = ".brand"  # the suffix of a packed brand
KIT_FILE: Final = "brand.yaml"  # its name in a pack


class BrandPin(Settings):
    """A brand file and the digest that it must have."""

    file: str = Field(description="the brand's file, such as ../brand/brand.yaml")
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")] | None = Field(
        default=None, description="the kit's digest, or its beginning: another kit is refused"
    )


def load_brand(job: Node, stages: Sequence[Stage], files: Files, report: Report) -> LoadedBrand | None:
    """The brand that a job names; None if it names none, or if its file has a mistake (see `report`)."""
    stated = job.at("brand")
    node = stated.at("file") if stated and stated.entries else stated
    if stated is None or node is None or not isinstance(node.value, str):
        return None
    brand = read_brand(node.value, node.origin, stages, files, report)
    if brand is not None:
        _check_pin(brand, stated, report)
    return brand


def read_brand(
    name: str, at: Origin, stages: Sequence[Stage], files: Files, report: Report
) -> LoadedBrand | None:
    """The brand in the file `name`, or in a pack, which is stated `at` a place; None if it can't be read.

    Every mistake is in `report`.
    """
    try:
        folder, known = files.unpacked(name, at.folder) if name.endswith(PACKED) else (at.folder, "")
        document = files.document(KIT_FILE if known else name, folder)
    except ValueError as error:
        report.add(at, str(error))
        return None
    tree = parse(document.data, Origin(printable(name, 200), document.path.parent), report)
    if tree is None or _is_later(tree, report):
        return None
    library = AssetLibrary(files)
    kit = validated(opened(BrandKit, tuple(stage.name for stage in stages)), tree, report, library)
    if not isinstance(kit, BrandKit):
        kit = BrandKit()  # its mistakes are reported; what the tree states counts, so that no more follow
    named = frozenset(_named_files(tree, files))
    try:
        contents = _digest(document.data, named, files)
    except ValueError as error:
        report.add(at, str(error))
        return None
    brand = LoadedBrand(kit, tree, contents, document.data, frozenset(path for path, _ in named))
    if known and known != contents:
        report.add(at, f"{brand.file} isn't the kit that it states — pack the brand again")
    check_brand(brand, stages, files, report)
    return brand


def _is_later(tree: Node, report: Report) -> bool:
    version = tree.at("schema")
    if version is None or not isinstance(version.value, int) or version.value <= KIT_SCHEMA:
        return False
    report.add(version.origin, "a later version of finish wrote this brand", "upgrade finish")
    return True


def _check_pin(brand: LoadedBrand, stated: Node, report: Report) -> None:
    pin = stated.at("digest")
    if pin is None or not isinstance(pin.value, str) or brand.digest.startswith(pin.value):
        return
    message = f"{brand.file} has changed: its digest is {brand.digest[:16]}, not {printable(pin.value)}"
    report.add(pin.origin, message, "restore the brand, or write the new digest to use the changed one")


def _digest(data: bytes, named: frozenset[tuple[str, Path]], files: Files) -> str:
    """The digest of a brand: of its file, and of each file that it names."""
    contents = sorted((name, _content(name, base, files)) for name, base in named)
    return digest("brand", data, *(f"{name}:{known}" for name, known in contents))


def _named_files(tree: Node, files: Files) -> Iterator[tuple[str, Path]]:
    """Every text of a brand that is the path of one of its files, with the folder that it counts from."""
    if isinstance(tree.value, str) and "\n" not in tree.value and tree.value:
        try:
            files.find(tree.value, tree.origin.folder)
        except ValueError:  # any other text
            return
        yield tree.value, tree.origin.folder
    for inner in (*tree.entries.values(), *(tree.value if isinstance(tree.value, tuple) else ())):
        yield from _named_files(inner, files)


def _content(name: str, base: Path, files: Files) -> str:
    """The digest of a file's content; of a style with the fonts beside it."""
    try:
        return AssetLibrary(files).document(PlacedText(name, Origin("", base)), "").digest
    except ValueError:  # larger than documents are: music
        return files.footage(name, base, "sound").digest
