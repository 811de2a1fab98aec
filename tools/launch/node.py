"""The settings of a RabbitMQ node that has everything in one folder: its environment, its files."""

import json
import socket
from collections.abc import Sequence
from pathlib import Path

CONFIGURATION = """\
load_definitions = {folder}/definitions.json
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.relative = 0.4
log.file = false
log.console = true
log.console.level = warning
log.console.use_colors = off
log.connection.level = error
"""

# What its database dumps when it is killed at the wrong moment stays in the folder as well.
ADVANCED_CONFIGURATION = """\
[{{rabbit, [{{permit_deprecated_features, #{{{denied}}}}}]}},
 {{mnesia, [{{core_dir, {folder}}}]}}].
"""
# Later versions have no such deprecated features. One that does not know these settings yet passes
# them over here, and would not start with them in rabbitmq.conf.
DENIED = "transient_nonexcl_queues => false, global_qos => false"

EPMD_NAMES_REQUEST = b"\x00\x01n"


def environment(folder: Path, port: int, distribution_port: int, epmd_port: int) -> dict[str, str]:
    """Return a node's whole environment; the machine's own RabbitMQ is neither used nor touched."""
    return {
        "HOME": str(folder),
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_AFLAGS": "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_CRASH_DUMP": f"{folder}/erl_crash.dump",
        "RABBITMQ_NODENAME": "arbiter@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution_port),
        "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
        "RABBITMQ_LOG_BASE": f"{folder}/log",
        "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
        "RABBITMQ_CONFIG_FILES": f"{folder}/conf.d",
        "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
        "RABBITMQ_CONF_ENV_FILE": f"{folder}/rabbitmq-env.conf",
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
        # Without it a shell stays between the node and the signals that are meant for it.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def write_files(folder: Path, user: str, password: str, vhosts: Sequence[str]) -> None:
    """Write what the node reads when it starts: its settings, its vhosts, and one user for all.

    The first one in a folder denies what later versions have no more.
    """
    rights = {"user": user, "configure": ".*", "write": ".*", "read": ".*"}
    definitions = {
        "users": [{"name": user, "password": password, "tags": ["administrator"]}],
        "vhosts": [{"name": vhost} for vhost in vhosts],
        "permissions": [{**rights, "vhost": vhost} for vhost in vhosts],
    }
    is_new = not (folder / "mnesia").exists()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "definitions.json").write_text(json.dumps(definitions))
    (folder / "rabbitmq.conf").write_text(CONFIGURATION.format(folder=folder))
    _write_advanced(folder, DENIED if is_new else "")


def have_restarts_deny_nothing(folder: Path) -> None:
    """Write for the next start what a node with a database can always start with.

    RabbitMQ 4.0 looks for queues of a denied kind when it starts, and gives up where its database
    is not loaded yet.
    """
    _write_advanced(folder, "")


def epmd_unready(port: int) -> str | None:
    """Return None where an epmd answers on this port, else a sentence that says so."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(EPMD_NAMES_REQUEST)  # it complains of clients that ask nothing
            if connection.recv(4):
                return None
    except OSError:
        pass
    return f"No epmd answers on port {port}."


def _write_advanced(folder: Path, denied: str) -> None:
    said = ADVANCED_CONFIGURATION.format(folder=json.dumps(str(folder)), denied=denied)
    (folder / "advanced.config").write_text(said)
