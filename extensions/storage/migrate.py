"""Brings all databases up to date: `python -m extensions.storage.migrate --config config.yaml`.

Each service does so with its own when it starts. With this it is done, or refused, before.
"""

import argparse
import sys
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

from nameko.exceptions import ConfigurationError  # noqa: E402
from sqlalchemy.exc import OperationalError  # noqa: E402

from extensions import config_file  # noqa: E402
from extensions.settings.loader import InvalidSettings, load_settings  # noqa: E402
from extensions.storage.engines import migrate  # noqa: E402

# The service of each database, and the base class of its models.
DATABASES = (
    ("accounts", "Base"), ("auth", "Base"), ("auth", "Tokens"), ("rooms", "Base"),
    ("private_rooms", "Base"), ("sessions", "Base"),
)


def main() -> int:
    """Migrate the databases that the configuration names, and return the exit status."""
    arguments = argparse.ArgumentParser(description="Brings Arbiter's databases up to date")
    arguments.add_argument("--config", default="config.yaml")
    try:
        settings = load_settings(config_file.read(arguments.parse_args().config))
    except InvalidSettings as error:
        print(error, file=sys.stderr)
        return 1
    for service_name, base_name in DATABASES:
        if base_name == "Tokens" and settings.redis_url:
            continue  # they are in Redis
        database = f"{service_name}:{base_name}"
        try:
            done = migrate(settings, service_name, base_name)
        except (ConfigurationError, OperationalError) as error:
            print(f"{database}: {getattr(error, 'orig', error)}", file=sys.stderr)
            return 1
        print(f"{database}: {', '.join(done) or 'up to date'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
