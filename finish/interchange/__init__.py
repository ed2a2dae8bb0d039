"""Timelines for other programs: what pacing keeps of a clip, in the formats that editing programs read.

To add a format, write one module with a function `(title, programme, timeline) -> str` and add it to
`finish.interchange.timeline_formats.FORMATS`.
"""
