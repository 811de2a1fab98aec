"""Brings all databases up to date: `python -m extensions.storage.migrate --config config.yaml`.

Each service does so for its own when it starts. This is for who wants it done, or refused, before.
"""

import argparse
import sys
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

from nameko.exceptions import ConfigurationError  # noqa: E402
from sqlalchemy.exc import OperationalError  # noqa: E402

from extensions import config_file  # noqa: E402
from extensions.settings import InvalidSettings, Settings  # noqa: E402
from extensions.storage.database import migrate  # noqa: E402

DATABASES = (
    "accounts:Base", "auth:Base", "auth:Tokens", "rooms:Base", "private_rooms:Base",
    "sessions:Base",
)


def main() -> int:
    """Migrate what the configuration names; the exit status."""
    arguments = argparse.ArgumentParser(description="Brings Arbiter's databases up to date")
    arguments.add_argument("--config", default="config.yaml")
    try:
        settings = Settings.load(config_file.read(arguments.parse_args().config))
    except InvalidSettings as error:
        print(error, file=sys.stderr)
        return 1
    for database in DATABASES:
        try:
            done = migrate(settings, *database.split(":"))
        except (ConfigurationError, OperationalError) as error:
            print(f"{database}: {getattr(error, 'orig', error)}", file=sys.stderr)
            return 1
        print(f"{database}: {', '.join(done) or 'up to date'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
