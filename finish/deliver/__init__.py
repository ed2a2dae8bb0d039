"""From rendered pieces to a published file: ordered steps, and the documents that record the result."""
