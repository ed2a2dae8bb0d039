"""`python -m bench.ours JOB`: `finish run` without analysis (recalled from the store) and checks."""

from __future__ import annotations

import sys
from pathlib import Path

from finish import api
from finish.deliver.mux import mux
from finish.engine.engine import Engine
from finish.stages import STAGES


def main(folder: Path) -> None:
    engine = Engine(api.load(folder).job, STAGES)
    renderings = engine.plan().renderings
    engine.render(renderings)
    for one in renderings:
        engine.renderer.make([one.sound])
        mux(engine.renderer, one, engine.out / one.filename)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
