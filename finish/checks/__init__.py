"""The checks of a delivered file, no matter who made it. They don't depend on stages.

A check is a function from a deliverable to the promises that any file for it must keep: those that its
destination fixes (`delivery_format`), and those that its settings require (`requirements`). Stages promise
the same of the files that they plan, through the same functions. To add a check: its module, and its line in
`check_registry.CHECKS`.
"""
