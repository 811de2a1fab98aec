"""The rules of who may import whom, and what breaks them in a source.

A service publishes its events and its exceptions and nothing else; what is pure stays pure; the
outside world is touched in one place for each part of it.
"""

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent

SERVICES = ("accounts", "auth", "private_rooms", "rooms", "searcher", "sessions")
# Those that call no other service, and to whose events each listens.
LISTENING_ONLY = {"auth": (), "sessions": ("auth",), "accounts": ("auth", "sessions")}
PUBLIC = ("events", "exceptions")
PACKAGES = (*SERVICES, "arbiter_games", "bots", "client", "extensions", "gateway")
# Computer opponents are clients: these are all that they import of the project.
OPEN_TO_BOTS = ("arbiter_games", "client", "extensions")
STANDING_ALONE = ("arbiter_games", "client")  # they import nothing of the project
NOT_SERVING = ("bots", "client")  # what serves players imports neither
PROJECT = (*PACKAGES, "docs", "tests", "tools", "workbench")
LAYERED = ("extensions", "tools")  # whose sub-packages import each other, in no circle
MAX_SERVICE_LINES = 150

# What each sub-package of the gateway may import of the others; what stands beside them, all.
GATEWAY_LAYERS = {
    "protocol": (),
    "broker": ("protocol",),
    "connection": ("protocol", "broker"),
    "methods": ("protocol", "broker", "connection"),
    "http": ("protocol", "broker"),
}
GATEWAY_COMMON = ("metrics", "version")  # imported by all of them

FRAMEWORKS = (
    "nameko", "nameko_sqlalchemy", "sqlalchemy", "flask", "flask_sock", "kombu", "eventlet"
)
PURE = (
    "sessions/match.py", "sessions/options.py", "arbiter_games/*.py", "arbiter_games/testing/*.py",
    "auth/token_codec.py", "rooms/access.py", "rooms/room.py",
    "searcher/matching.py", "private_rooms/keys.py", "private_rooms/room_diff.py",
    "gateway/protocol/json_rpc.py", "gateway/protocol/params.py", "gateway/protocol/results.py",
    "gateway/protocol/rate_limits.py", "gateway/protocol/flood_meter.py",
    "gateway/protocol/close_codes.py", "gateway/protocol/client_network.py",
    "gateway/connection/event_sequencer.py", "gateway/connection/frames.py",
    # Decided as purely as the above, and made out of them.
    "sessions/clocks.py", "sessions/commands.py", "sessions/draws.py", "sessions/flags.py",
    "sessions/attendance.py", "sessions/deadlines.py", "sessions/rematch.py",
    "sessions/command_batch.py", "sessions/changes.py", "sessions/game_registry.py",
    "sessions/messages.py", "sessions/schemas.py", "sessions/views.py",
    "sessions/stored_progress.py",
    "sessions/rules_replay.py", "sessions/rules_report.py", "sessions/missing_rules.py",
    "extensions/clock.py", "extensions/request_id.py", "extensions/amqp/confirms.py",
    "extensions/amqp/frames.py",
    "extensions/settings/declaration.py", "extensions/settings/types.py",
    "extensions/settings/unknown_names.py", "extensions/settings/combinations.py",
    "accounts/glicko2.py", "accounts/plackett_luce.py",
    "searcher/ready_check.py", "searcher/avoidance.py",
    "searcher/pairing.py", "searcher/search.py", "auth/guest_names.py", "auth/reserved_logins.py",
    "bots/position.py",
    "extensions/observability/sampling.py", "gateway/http/admission.py",
    "gateway/http/framing.py", "gateway/http/handshake.py",
)
SAYS_PURE = "No I/O"  # in the docstring of a module
# Beside the former, the host in which games are tested, on a database in memory.
FREE_TO_MAKE_DATABASES = (
    "extensions/storage/database.py", "extensions/storage/engines.py",
    "extensions/storage/sqlite.py", "sessions/conformance_host.py",
)
MAKING_DATABASES = ("create_engine", "sessionmaker", "scoped_session", "engine_from_config")
ENVIRONMENT = ("environ", "environb", "getenv", "putenv")
# Fault points are put in place by imports, before there is a configuration; a kit starts a child.
FREE_TO_READ_ENVIRONMENT = (
    "extensions/settings/loader.py", "extensions/fault_points.py",
    "arbiter_games/testing/other_hashes.py",
)
FREE_TO_READ_CONFIG_FILE = ("extensions/config_file.py",)
# The objects of Nameko that have its configuration.
CONFIG_OWNERS = ("container", "worker_ctx")


def sources(*patterns: str) -> Iterator[str]:
    """The sources, as paths below the root; each pattern must find something."""
    for pattern in patterns:
        found = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern))
        assert found, f"{pattern} finds nothing"
        yield from found


def imports(source: str) -> Iterator[tuple[str, ...]]:
    """The dotted names that a source imports, as tuples; of `from a import b`, a and b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = tuple(("." * node.level + (node.module or "")).split("."))
            yield from ((*module, alias.name) for alias in node.names)


def names(source: str) -> Iterator[str]:
    """The last part of every dotted name that a source uses or imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]


def taken_from_os(source: str) -> Iterator[str]:
    """What a source takes from the module os, under whatever name it has imported it."""
    tree = ast.parse(source)
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(tree) if isinstance(node, ast.Import)
        for alias in node.names if alias.name == "os"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in aliases:
                yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (alias.name for alias in node.names)


def configs_read(source: str) -> Iterator[str]:
    """The objects of Nameko's whose configuration a source reads."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr == "config":
            owner = ast.unparse(node.value)
            if owner.rpartition(".")[2] in CONFIG_OWNERS:
                yield owner


def breaches(path: str, source: str) -> list[str]:
    """What in this source the rules do not allow, in words."""
    package = path.partition("/")[0]
    return [
        *(_breaches_of_bots if package == "bots" else _breaches_of_services)(package, source),
        *_breaches_of_gateway_layers(path, source),
        *_breaches_of_purity(path, source),
        *_breaches_of_databases(path, source),
        *_breaches_of_settings(path, source),
    ]


def _breaches_of_services(package: str, source: str) -> Iterator[str]:
    for name in imports(source):
        other = name[0]
        if other.startswith(".") or not name[0]:
            yield "imports by a relative path, which hides whose it is"
        elif other == package or other not in PROJECT:
            continue
        elif package in STANDING_ALONE:
            yield f"{package} stands alone, and imports {'.'.join(name)}"
        elif other in NOT_SERVING or other not in PACKAGES:
            yield f"what serves players imports no {other}: {'.'.join(name)}"
        elif other == "arbiter_games":
            continue
        elif package == "extensions":
            yield f"extensions know nobody, and import {'.'.join(name)}"
        elif other == "gateway":
            yield f"the gateway is nobody's to import: {'.'.join(name)}"
        elif other in SERVICES and package in LISTENING_ONLY and not (
            other in LISTENING_ONLY[package] and name[1:2] == ("events",)
        ):
            yield f"{package} calls no other service, and imports {'.'.join(name)}"
        elif other in SERVICES and (len(name) < 2 or name[1] not in PUBLIC):
            yield f"{'.'.join(name)} is private to {other}"


def _breaches_of_bots(package: str, source: str) -> Iterator[str]:
    for name in imports(source):
        if name[0] in PROJECT and name[0] not in (package, *OPEN_TO_BOTS):
            yield f"bots are clients, and import {'.'.join(name)}"


def _breaches_of_gateway_layers(path: str, source: str) -> Iterator[str]:
    package, *below = path.split("/")
    layer = below[0]
    if package != "gateway" or layer not in GATEWAY_LAYERS:
        return
    allowed = (layer, *GATEWAY_LAYERS[layer], *GATEWAY_COMMON)
    for name in imports(source):
        if name[0] == "gateway" and name[1:2] and name[1] not in allowed:
            yield f"gateway/{layer} may not import {'.'.join(name)}"


def _breaches_of_purity(path: str, source: str) -> Iterator[str]:
    if any(Path(path).match(pattern) for pattern in PURE):
        for name in imports(source):
            if name[0] in FRAMEWORKS:
                yield f"is pure, and imports {'.'.join(name)}"


def _breaches_of_databases(path: str, source: str) -> Iterator[str]:
    if path in FREE_TO_MAKE_DATABASES:
        return
    for name in imports(source):
        if name[0] == "nameko_sqlalchemy":
            yield "takes its database from elsewhere than extensions.storage.database"
    for name in set(names(source)) & set(MAKING_DATABASES):
        yield f"makes a database of its own: {name}"


def _breaches_of_settings(path: str, source: str) -> Iterator[str]:
    if path not in FREE_TO_READ_ENVIRONMENT:
        for name in set(taken_from_os(source)) & set(ENVIRONMENT):
            yield f"settings come from extensions/settings, and it reads {name}"
    if path not in FREE_TO_READ_CONFIG_FILE:
        for module in imports(source):
            if module[0] == "yaml" or module[:2] in (("nameko", "config"), ("nameko", "cli")):
                yield f"settings come from extensions/settings, and it imports {module[0]}"
    for owner in configs_read(source):
        yield f"settings come from extensions/settings, and it reads {owner}.config"


def circle(modules: Iterable[tuple[str, str]]) -> list[str]:
    """Sub-packages that import each other in a circle, of modules' paths and sources.

    Modules directly in a package stand for themselves, and nothing imports a `__main__`.
    """
    modules = [each for each in modules if not each[0].endswith("__main__.py")]
    units = {path: _unit(path) for path, _ in modules}
    known, graph = set(units.values()), TopologicalSorter()
    for path, source in modules:
        for name in imports(source):
            prefixes = (name[:length] for length in range(len(name), 0, -1))
            imported = next((each for each in prefixes if each in known), units[path])
            if imported != units[path]:
                graph.add(units[path], imported)
    try:
        graph.prepare()
    except CycleError as error:
        return [".".join(each) for each in error.args[1]]
    return []


def _unit(path: str) -> tuple[str, ...]:
    package, *folders, module = path.removesuffix(".py").split("/")
    return (package, *folders) if folders else (package, module)
