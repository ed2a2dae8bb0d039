"""`judge.py MODEL FRAMES.npz`: the people in pictures by EfficientDet-Lite0 (COCO), which no planner of ours uses; JSON on stdout.

Runs in the bench's own environment (ai-edge-litert). For every picture a list of [left, top, right, bottom, score], shares of
the picture. Anchors and decoding are the model's published ones: strides 8 to 128, three octaves of scale from 3 strides, three aspects.
"""

from __future__ import annotations

import json
import sys
from itertools import product

import numpy as np
from ai_edge_litert.interpreter import Interpreter

SIDE, PERSON = 320, 0
SCORE, OVERLAP = 0.4, 0.5


def anchors() -> np.ndarray:
    """Centre y, centre x, height, width of every anchor, shares of the side; row by row, level by level."""
    boxes = []
    for stride in (8, 16, 32, 64, 128):
        cells = -(-SIDE // stride)
        for row, column, octave, aspect in product(range(cells), range(cells), range(3), (1.0, 2.0, 0.5)):
            size = 3 * stride * 2 ** (octave / 3)
            boxes.append(((row + 0.5) * stride, (column + 0.5) * stride, size / aspect**0.5, size * aspect**0.5))
    return np.array(boxes) / SIDE


def fitted(picture: np.ndarray) -> tuple[np.ndarray, float, float]:
    """The picture at the top left of a square, and how much of the square it fills across and down."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    rows = (np.arange(round(height * scale)) / scale).astype(int).clip(0, height - 1)
    columns = (np.arange(round(width * scale)) / scale).astype(int).clip(0, width - 1)
    square = np.full((SIDE, SIDE, 3), 127, np.uint8)
    square[:len(rows), :len(columns)] = picture[rows][:, columns]
    return square, len(columns) / SIDE, len(rows) / SIDE


def people(scores: np.ndarray, raw: np.ndarray, at: np.ndarray) -> list[list[float]]:
    """Boxes left after those that overlap a better one are dropped."""
    kept: list[list[float]] = []
    for index in np.argsort(-scores[:, PERSON]):
        if scores[index, PERSON] < SCORE:
            break
        y, x, height, width = at[index]
        dy, dx, dh, dw = raw[index]
        y, x, height, width = y + dy * height, x + dx * width, height * np.exp(dh), width * np.exp(dw)
        box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
        if all(shared(box, other) < OVERLAP for other in kept):
            kept.append([*map(float, box), float(scores[index, PERSON])])
    return kept


def shared(one: list[float], other: list[float]) -> float:
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    return both / ((one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - both)


def main(model: str, frames: str) -> None:
    interpreter = Interpreter(model, num_threads=2)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]["index"]
    outputs = {int(each["shape"][-1]): each["index"] for each in interpreter.get_output_details()}
    at, found = anchors(), []
    for picture in np.load(frames)["frames"]:
        square, across, down = fitted(picture)
        interpreter.set_tensor(entry, square[None])
        interpreter.invoke()
        scores, raw = (interpreter.get_tensor(outputs[size])[0] for size in (90, 4))
        seen = people(scores, raw, at)
        found.append([[left / across, top / down, right / across, bottom / down, score] for left, top, right, bottom, score in seen])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:3])
