"""Reads or signs one file with c2pa-python; run as a program of its own, with limits.

The library parses data of strangers in native code: here a fault or a bomb ends this process only. The
request comes as JSON on standard input, and the answer leaves as JSON on standard output. This file imports
nothing of finish. It never opens a network connection: manifests elsewhere and revocation lists aren't
fetched.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Final

_MOST_BYTES: Final = 8 * 2**20  # of an answer; a chain of a hundred manifests has 300 kB
_COMMAND_SECONDS: Final = 120  # a person may have to touch a hardware key


def main() -> int:
    request = json.load(sys.stdin)
    try:
        import c2pa
    except ImportError:
        return _answer({"missing": True})
    faults: list[str] = []
    try:
        answer = _signed(c2pa, request, faults) if "sign" in request else _read(c2pa, request)
    except (c2pa.C2paError, OSError, ValueError) as error:
        answer = {"error": next(iter(faults), str(error))}
    return _answer(answer)


def _answer(answer: dict[str, Any]) -> int:
    text = json.dumps(answer)
    if len(text) > _MOST_BYTES:
        text = json.dumps({"error": "the manifests are too large"})
    sys.stdout.write(text)
    return 0


def _context(c2pa: Any, request: dict[str, Any]) -> Any:
    anchors = request.get("anchors", "")
    verify = {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": False}
    settings: dict[str, Any] = {
        "verify": {**verify, "verify_trust": True},
        "builder": {"thumbnail": {"enabled": False}},
        "core": {"max_decompressed_manifest_size_in_mb": 16},
    }
    if anchors:
        settings["trust"] = {"user_anchors": anchors}
    return c2pa.Context.from_dict(settings)


def _read(c2pa: Any, request: dict[str, Any]) -> dict[str, Any]:
    with open(request["file"], "rb") as file:
        stored = None
        if request.get("manifest"):
            with open(request["manifest"], "rb") as beside:
                stored = beside.read()
        reader = c2pa.Reader.try_create(
            request["format"], file, *([stored] if stored else []), context=_context(c2pa, request)
        )
        if reader is None:
            return {}
        with reader:
            return {
                "state": reader.get_validation_state(),
                "results": reader.get_validation_results(),
                "store": json.loads(reader.json()),
            }


def _signed(c2pa: Any, request: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    sign = request["sign"]
    builder = c2pa.Builder(json.dumps(sign["manifest"]), context=_context(c2pa, request))
    for ingredient in sign["ingredients"]:
        with open(ingredient["file"], "rb") as file:
            builder.add_ingredient(json.dumps(ingredient["claim"]), ingredient["format"], file)
    with open(request["file"], "rb") as source, open(sign["target"], "w+b") as target:
        store = builder.sign(_signer(c2pa, sign, faults), request["format"], source, target)
    return {"bytes": len(store)}


def _signer(c2pa: Any, sign: dict[str, Any], faults: list[str]) -> Any:
    """The signer of a request. The library swallows what a command's error says, so `faults` keeps it."""
    chain, algorithm = sign["chain"], sign["algorithm"]
    if sign["key"]:
        info = c2pa.C2paSignerInfo(algorithm.encode(), chain.encode(), sign["key"].encode(), None)
        return c2pa.Signer.from_info(info)

    def by_command(data: bytes) -> bytes:
        try:
            done = subprocess.run(
                sign["command"], input=data, capture_output=True, timeout=_COMMAND_SECONDS, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            faults.append(f"the signing command failed: {error}")
            raise
        if done.returncode or not done.stdout:
            words = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no signature"]
            faults.append(f"the signing command failed: {words[-1][:200]}")
            raise ValueError(faults[-1])
        return done.stdout

    return c2pa.Signer.from_callback(by_command, getattr(c2pa.C2paSigningAlg, algorithm.upper()), chain, None)


if __name__ == "__main__":
    sys.exit(main())
