"""The ways in from Python: job folders, single clips, and the stages as a lazy value."""

from finish.api.clip import Clip, Delivered, open
from finish.api.jobs import Listener, Sections, finishing, load, new, plan, qc, quick, run, save, why
from finish.api.pictures import cuts, looks, sheet, still, style_titles, styles
from finish.review.sheet import Sheet

__all__ = [
    "Clip", "Delivered", "Listener", "Sections", "Sheet", "cuts", "finishing", "load", "looks", "new", "open", "plan", "qc", "quick", "run",
    "save", "sheet", "still", "style_titles", "styles", "why",
]
