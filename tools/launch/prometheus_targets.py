"""The metrics endpoint of each process, as a file for Prometheus' `file_sd_configs`."""

import json
from collections.abc import Sequence
from pathlib import Path

from tools.launch.program import Program

JOB = "arbiter"


def write_targets(path: Path, programs: Sequence[Program]) -> None:
    """Write the targets of the programs that have a METRICS_PORT, by an atomic replacement."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(targets(programs), indent=2) + "\n")
    new.rename(path)


def targets(programs: Sequence[Program]) -> list[dict[str, object]]:
    """Return a target with labels for each program that has a METRICS_PORT."""
    return [
        {
            "targets": [f"localhost:{program.settings['METRICS_PORT']}"],
            "labels": {
                "job": JOB, "service": program.name.partition("-")[0], "instance": program.name,
            },
        }
        for program in programs if "METRICS_PORT" in program.settings
    ]
