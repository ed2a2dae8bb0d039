"""Brand kits as people handle them: written from a folder, imported, checked, and drawn as a page."""
