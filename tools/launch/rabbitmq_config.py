"""The configuration of a RabbitMQ node with all its files in one folder."""

import json
import socket
from collections.abc import Sequence
from pathlib import Path

MEMORY_WATERMARK = "0.4"  # the part of the machine's memory beyond which it takes no messages
CONFIGURATION = """\
load_definitions = {folder}/definitions.json
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.relative = {watermark}
log.file = false
log.console = true
log.console.level = warning
log.console.use_colors = off
log.connection.level = error
"""

# A core dump of its database is written to the folder as well.
ADVANCED_CONFIGURATION = """\
[{{rabbit, [{{permit_deprecated_features, #{{{denied}}}}}]}},
 {{mnesia, [{{core_dir, {folder}}}]}}].
"""
# Features that later versions do not have. A version that does not know these settings ignores them
# here; in rabbitmq.conf they would keep it from starting.
DENIED_FEATURES = "transient_nonexcl_queues => false, global_qos => false"

# Erlang's own number is 10. The folders of queues that end at once, as at a gateway's death, are
# all in one, for which the threads compete. Of two, one may wait for the disk.
FILE_THREADS = 2
# Of as many as there are cores, by Erlang's default. The broker shares the machine with all other
# processes; and where few messages come at a time, schedulers do little but wake each other.
SCHEDULERS_PERCENT = 50

EPMD_NAMES_REQUEST = b"\x00\x01n"


def environment(folder: Path, port: int, distribution_port: int, epmd_port: int) -> dict[str, str]:
    """Return a node's whole environment, with nothing of the machine's own RabbitMQ in it."""
    return {
        "HOME": str(folder),
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_AFLAGS": "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_CRASH_DUMP": f"{folder}/erl_crash.dump",
        "RABBITMQ_NODENAME": "arbiter@localhost",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
            f"+SDio {FILE_THREADS} +SP {SCHEDULERS_PERCENT}:{SCHEDULERS_PERCENT}",
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
        # Without it, a shell would receive the signals for the node.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def write_files(folder: Path, user: str, password: str, vhosts: Sequence[str]) -> None:
    """Write the files that the node reads when it starts, with its vhosts and one user for all.

    A node in a new folder denies features that later versions do not have.
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
    (folder / "rabbitmq.conf").write_text(
        CONFIGURATION.format(folder=folder, watermark=MEMORY_WATERMARK)
    )
    _write_advanced(folder, DENIED_FEATURES if is_new else "")


def allow_deprecated_features(folder: Path) -> None:
    """Deny no features from the next start on.

    RabbitMQ 4.0 looks for queues that use a denied feature when it starts, and fails where its
    database is not loaded yet.
    """
    _write_advanced(folder, "")


def epmd_problem(port: int) -> str | None:
    """Return None where an epmd answers on this port, else a sentence that says it does not."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(EPMD_NAMES_REQUEST)  # it logs an error for clients that send nothing
            if connection.recv(4):
                return None
    except OSError:
        pass
    return f"No epmd answers on port {port}."


def _write_advanced(folder: Path, denied: str) -> None:
    text = ADVANCED_CONFIGURATION.format(folder=json.dumps(str(folder)), denied=denied)
    (folder / "advanced.config").write_text(text)
