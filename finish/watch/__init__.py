"""A watched folder: what is dropped into it is finished, and a page shows the state."""
