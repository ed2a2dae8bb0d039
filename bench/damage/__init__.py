"""The damage bench: `make fuzz` breaks clips of many formats in many ways, and asks `finish` about each.

Clean clips are built by FFmpeg's generators, and mutants by a script from a seed; nothing is stored. What a
mutant lacks is found without `finish`: FFmpeg decodes both, and the frames and samples are compared
(`witness`).
"""
