"""Timelines for other programs: the parts of a clip that pacing keeps, in formats for editing programs.

To add a format, write one module with a function `(title, programme, timeline) -> str` and add it to
`finish.interchange.timeline_formats.FORMATS`.
"""
