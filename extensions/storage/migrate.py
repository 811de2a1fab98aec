"""Brings all databases up to date: `python -m extensions.storage.migrate --config config.yaml`.

Each service does so for its own when it starts. This is for who wants it done, or refused, before.
"""

import argparse
import sys
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
warnings.filterwarnings("ignore", message="pkg_resources is deprecated")

import yaml  # noqa: E402
from nameko.cli.main import setup_yaml_parser  # noqa: E402
from nameko.exceptions import ConfigurationError  # noqa: E402
from sqlalchemy.exc import OperationalError  # noqa: E402

from extensions.storage.database import migrate  # noqa: E402


def main() -> int:
    """Migrate what the configuration names; the exit status."""
    arguments = argparse.ArgumentParser(description="Brings Arbiter's databases up to date")
    arguments.add_argument("--config", default="config.yaml")
    setup_yaml_parser()
    with open(arguments.parse_args().config) as file:
        config = yaml.safe_load(file)
    for database in config["DB_URIS"]:
        try:
            done = migrate(config, *database.split(":"))
        except (ConfigurationError, OperationalError) as error:
            print(f"{database}: {getattr(error, 'orig', error)}", file=sys.stderr)
            return 1
        print(f"{database}: {', '.join(done) or 'up to date'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
