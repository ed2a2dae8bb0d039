"""The damage bench: `make fuzz` breaks clips of many formats in many ways and asks what `finish` says of
each.

Clean clips are built by FFmpeg's generators, mutants by our own script from a seed, and nothing is stored.
What a mutant lacks is found without `finish`: FFmpeg decodes both by hand, and the frames and samples are
compared (`witness`).
"""
