"""A watched folder: finish processes what is added to it, and a page shows the state."""
