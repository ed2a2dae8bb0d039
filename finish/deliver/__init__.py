"""From rendered pieces to a published file: an ordered list of steps, and the documents that record what was published."""
