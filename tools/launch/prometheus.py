"""Where each process tells its metrics, in the form that Prometheus' file_sd_configs reads."""

import json
from collections.abc import Sequence
from pathlib import Path

from tools.launch.program import Program

JOB = "arbiter"


def write_targets(path: Path, programs: Sequence[Program]) -> None:
    """Write the targets of those programs that have a METRICS_PORT, at once to who reads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(targets(programs), indent=2) + "\n")
    new.rename(path)


def targets(programs: Sequence[Program]) -> list[dict[str, object]]:
    """Return a target for each of these programs, with its labels."""
    return [
        {
            "targets": [f"localhost:{program.settings['METRICS_PORT']}"],
            "labels": {
                "job": JOB, "service": program.name.partition("-")[0], "instance": program.name,
            },
        }
        for program in programs if "METRICS_PORT" in program.settings
    ]
