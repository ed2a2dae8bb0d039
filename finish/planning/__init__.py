"""Plans what a run renders: applies the stages to a clip and divides the result into pieces. Pure."""
