"""The Python API: job folders, single clips, stages as a lazy value, pictures, sound and watched folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.lazy_names import lazy_names

if TYPE_CHECKING:
    from finish.api.brand_api import (
        CheckedKit,
        WrittenKit,
        brand_sheet,
        check_brand,
        import_brand,
        new_brand,
        pack_brand,
    )
    from finish.api.clip_api import Clip, Delivered, open
    from finish.api.estimates import estimate
    from finish.api.gallery_api import TitleSummary, styles, title_templates, titles
    from finish.api.job_api import plan, planned, planning, qc, why
    from finish.api.job_folders import new, save
    from finish.api.loading import load, quick
    from finish.api.look_api import bake_grade, inspect_look, picture_of_look
    from finish.api.picture_api import (
        cover,
        crops,
        cuts,
        edit_list,
        exported_edit,
        looks,
        scopes,
        sheet,
        still,
    )
    from finish.api.provenance_api import certificate_problems, credentials, stated_source_types
    from finish.api.running import Listener, draft, finishing, run
    from finish.api.sound_api import loudness, meter
    from finish.api.strings_api import JobStrings, job_strings
    from finish.api.style_api import StyleKey, style_keys, style_titles
    from finish.api.upgrade_api import Upgrade, accept_upgrade, upgrade
    from finish.api.watch_api import watch_folder, watch_status
    from finish.jobspec.one_clip import Sections
    from finish.review.sheet import Sheet

__all__ = [
    "CheckedKit",
    "Clip",
    "Delivered",
    "JobStrings",
    "Listener",
    "Sections",
    "Sheet",
    "StyleKey",
    "TitleSummary",
    "Upgrade",
    "WrittenKit",
    "accept_upgrade",
    "bake_grade",
    "brand_sheet",
    "certificate_problems",
    "check_brand",
    "cover",
    "credentials",
    "crops",
    "cuts",
    "draft",
    "edit_list",
    "estimate",
    "exported_edit",
    "finishing",
    "import_brand",
    "inspect_look",
    "job_strings",
    "load",
    "looks",
    "loudness",
    "meter",
    "new",
    "new_brand",
    "open",
    "pack_brand",
    "picture_of_look",
    "plan",
    "planned",
    "planning",
    "qc",
    "quick",
    "run",
    "save",
    "scopes",
    "sheet",
    "stated_source_types",
    "still",
    "style_keys",
    "style_titles",
    "styles",
    "title_templates",
    "titles",
    "upgrade",
    "watch_folder",
    "watch_status",
    "why",
]

_MODULES: Final = {
    "finish.api.brand_api": (
        "CheckedKit",
        "WrittenKit",
        "brand_sheet",
        "check_brand",
        "import_brand",
        "new_brand",
        "pack_brand",
    ),
    "finish.api.clip_api": ("Clip", "Delivered", "open"),
    "finish.api.estimates": ("estimate",),
    "finish.api.gallery_api": ("TitleSummary", "styles", "title_templates", "titles"),
    "finish.api.job_api": ("plan", "planned", "planning", "qc", "why"),
    "finish.api.job_folders": ("new", "save"),
    "finish.api.loading": ("load", "quick"),
    "finish.jobspec.one_clip": ("Sections",),
    "finish.api.look_api": ("bake_grade", "inspect_look", "picture_of_look"),
    "finish.api.picture_api": (
        "cover",
        "crops",
        "cuts",
        "edit_list",
        "exported_edit",
        "looks",
        "scopes",
        "sheet",
        "still",
    ),
    "finish.api.provenance_api": ("certificate_problems", "credentials", "stated_source_types"),
    "finish.api.running": ("Listener", "draft", "finishing", "run"),
    "finish.api.sound_api": ("loudness", "meter"),
    "finish.api.strings_api": ("JobStrings", "job_strings"),
    "finish.api.style_api": ("StyleKey", "style_keys", "style_titles"),
    "finish.api.upgrade_api": ("Upgrade", "accept_upgrade", "upgrade"),
    "finish.api.watch_api": ("watch_folder", "watch_status"),
    "finish.review.sheet": ("Sheet",),
}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
