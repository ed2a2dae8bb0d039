"""A kit that is read by itself, without a job: its file, a folder with one, or a pack."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from finish.errors import PathError
from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.brand_loader import KIT_FILE, PACKED, read_brand
from finish.jobspec.brand_tokens import BrandTokens
from finish.jobspec.brand_words import expiring
from finish.jobspec.loaded_brand import LoadedBrand
from finish.jobspec.mistakes import Report
from finish.jobspec.section_settings import longhand
from finish.jobspec.spec_tree import Origin
from finish.jobspec.text_maps import stand_ins
from finish.jobspec.validation import validate_layer
from finish.media.job_files import JobFiles
from finish.stages import STAGES


@dataclass(frozen=True)
class OpenedKit:
    """A kit without mistakes, the files of its folder, and `warnings` about licences that end."""

    brand: LoadedBrand
    files: JobFiles
    warnings: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its name, or that of its folder."""
        return self.brand.kit.name or self.folder.name

    @property
    def folder(self) -> Path:
        """The folder from which its paths count."""
        return self.brand.tree.origin.folder


@contextmanager
def opened_kit(path: Path, today: date) -> Iterator[OpenedKit]:
    """The kit in a brand.yaml, in a folder with one, or in a pack, which is unpacked for as long.

    FinishError with every mistake, each with its line; PathError if there is no such file.
    """
    file = path / KIT_FILE if path.is_dir() else path
    if not file.is_file():
        hint = f"name a {KIT_FILE}, its folder, or a {PACKED} file; `finish brand new FOLDER` writes one"
        raise PathError(f"No such file: {file}", hint)
    if file.suffix != PACKED:
        yield _read(file, today)
        return
    with tempfile.TemporaryDirectory(prefix="finish-brand-") as place:
        # A pack is unpacked beside itself, and the caller's folder stays as it is.
        yield _read(Path(shutil.copy(file, Path(place).resolve())), today)


def _read(file: Path, today: date) -> OpenedKit:
    file = file.resolve()
    files, report = JobFiles(file.parent), Report(file.name)
    brand = read_brand(file.name, Origin(file.name, file.parent), STAGES, files, report)
    if brand is not None:
        _check_sections(brand, files, report)
    report.settle()
    assert brand is not None, "a brand that can't be read is a mistake"
    folder = brand.tree.origin.folder
    named = frozenset(files.find(name, folder) for name in brand.names)
    return OpenedKit(brand, files, expiring(brand, named, today))


def _check_sections(brand: LoadedBrand, files: JobFiles, report: Report) -> None:
    """Report the mistakes in the sections that are defaults of jobs."""
    tokens = BrandTokens(brand)
    for stage in STAGES:
        stated = longhand(stage.Settings, brand.sections.at(stage.name))
        if stated is None or stated.value is None:
            continue
        section = Report(report.job)
        worded = stand_ins(tokens.filled(stage, stated), stage.Settings, section)
        validate_layer(stage.Settings, worded, section, AssetLibrary(files))
        for mistake in section.mistakes:
            report.add(mistake.at, mistake.message, mistake.hint)
