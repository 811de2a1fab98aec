"""What a load process is told of the server that it puts load on."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Setup:
    """Where the server is, its processes by name, and access tokens of players.

    `helpers` are other processes of the bench that run meanwhile.
    """

    url: str
    tokens: list[str]
    pids: dict[str, int]
    helpers: dict[str, int] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write it to a file."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: Path) -> "Setup":
        """Read what was saved."""
        return cls(**json.loads(path.read_text()))
