"""The ways in from Python: job folders, single clips, and the stages as a lazy value."""

from finish.api.benches import retargeted
from finish.api.clip import Clip, Delivered, open
from finish.api.jobs import Listener, Sections, finishing, load, new, plan, planned, planning, qc, quick, run, save, why
from finish.api.looks import bake_grade, inspect_look, picture_of_look
from finish.api.pictures import cover, crops, cuts, edit_list, looks, scopes, sheet, still, style_titles, styles
from finish.api.sizes import estimate
from finish.api.sounds import loudness, meter
from finish.review.sheet import Sheet

__all__ = [
    "Clip", "Delivered", "Listener", "Sections", "Sheet", "bake_grade", "cover", "crops", "cuts",
    "edit_list", "estimate", "finishing", "inspect_look", "load", "looks", "loudness", "meter", "new",
    "open", "picture_of_look", "plan", "planned", "planning", "qc", "quick", "retargeted", "run", "save",
    "scopes", "sheet", "still", "style_titles", "styles", "why",
]
