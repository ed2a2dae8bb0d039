"""`judge.py MODEL FRAMES.npz`: people in pictures by SSDLite MobileNet v2, as JSON on stdout.

No planner of finish uses this model. It runs in the bench's own environment (tensorflow-cpu). For every
picture a list of [left, top, right, bottom, score], in shares of the picture.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

SIDE = 300
SCORE = 0.4
_OUTPUTS = ("detection_scores:0", "detection_boxes:0")


def squared(picture: np.ndarray) -> np.ndarray:
    """The network's input: nearest pixels of a square."""
    rows, columns = (np.arange(SIDE) * length // SIDE for length in picture.shape[:2])
    return picture[rows][:, columns]


def main(model: str, frames: str) -> None:
    graph = tf.compat.v1.GraphDef()
    with open(model, "rb") as file:
        graph.ParseFromString(file.read())
    tf.import_graph_def(graph, name="")
    people = []
    with tf.compat.v1.Session(graph=tf.compat.v1.get_default_graph()) as session:
        for picture in np.load(frames)["frames"]:
            scores, boxes = session.run(_OUTPUTS, {"image_tensor:0": squared(picture)[None]})
            people.append(
                [
                    [float(box[1]), float(box[0]), float(box[3]), float(box[2]), float(score)]
                    for score, box in zip(scores[0], boxes[0], strict=True)
                    if score >= SCORE
                ]
            )
    sys.stdout.write(json.dumps(people))


if __name__ == "__main__":
    tf.compat.v1.disable_eager_execution()
    main(*sys.argv[1:3])
