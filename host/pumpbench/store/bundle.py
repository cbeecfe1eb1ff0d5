"""The run bundle: what exactly was run, as hashes, so that a report can be traced to it years later."""

import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

import numpy as np

from pumpbench.store.text import canonical, sha256


def versions() -> dict[str, str]:
    """Versions of what made the recording on the host's side."""
    try:
        pumpbench = metadata.version("pumpbench")
    except metadata.PackageNotFoundError:
        pumpbench = "not installed"
    return {
        "pumpbench": pumpbench,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def run_bundle(
    meta: Mapping[str, Any], tube_set: Mapping[str, Any] | None, calibration_sha256: str | None
) -> dict[str, Any]:
    """The bundle of a run from what begin_run was given and the tube set and calibration that it names."""
    program_text = meta.get("program_text")
    return {
        "board": {key: meta.get(key) for key in ("board", "unique_id", "capabilities")},
        "firmware": {key: meta.get(key) for key in ("firmware", "firmware_hash", "protocol", "schema")},
        "program": {
            "name": meta.get("name", ""),
            "digest": meta.get("program_digest"),
            "text_sha256": None if program_text is None else sha256(str(program_text)),
        },
        "calibration": {"id": meta.get("calibration"), "sha256": calibration_sha256},
        "tube_set": None if tube_set is None else dict(tube_set),
        "conditions": meta.get("conditions", {}),
        "simulated": bool(meta["simulated"]),
        "versions": versions(),
    }


def bundle_hash(bundle: Mapping[str, Any]) -> str:
    """SHA-256 of the bundle's canonical JSON."""
    return sha256(canonical(bundle))
