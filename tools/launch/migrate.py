"""`python -m tools.launch.migrate`: bring the databases of `make run` up to date, before it runs.

With BACKENDS=production that is those of its PostgreSQL, which is started for it, unless the
settings name others.
"""

import os
import sys
from pathlib import Path

from extensions.storage import migrate
from tools.errors import ToolError
from tools.launch.backends import Backends
from tools.launch.prerequisites import provide
from tools.launch.settings import from_environment, is_production
from tools.launch.stack import ROOT, lock


def main(folder: Path = ROOT / "var") -> int:
    """Migrate all databases, and return the exit status."""
    try:
        settings = from_environment(os.environ)
        if not is_production(settings):
            return migrate.main()
        provide("production")
        with lock(folder):
            return _migrate_with(Backends(folder, settings))
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1


def _migrate_with(backends: Backends) -> int:
    backends.prepare()
    os.environ.update(backends.settings())
    if backends.postgres is None:
        return migrate.main()
    with backends.postgres:
        return migrate.main()


if __name__ == "__main__":
    sys.exit(main())
