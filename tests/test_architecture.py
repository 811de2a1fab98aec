"""The sources keep the rules of imports, and the tests those of names, docstrings and length."""

import ast
import re
from textwrap import dedent

import pytest

from tests.import_rules import (
    LAYERED,
    MAX_SERVICE_LINES,
    PACKAGES,
    PURE,
    ROOT,
    SAYS_PURE,
    SERVICES,
    breaches,
    circle,
    sources,
)

MAX_TEST_NAME = 60
MAX_TEST_LINES = 400
# A name that begins like this does not say what it is about.
WITHOUT_A_SUBJECT = re.compile(
    "test_(it|its|what|whatever|who|whoever|whose|which|where|how|of|to|is|was|has|can|does|none)_"
)


@pytest.mark.parametrize("package", LAYERED)
def test_sub_packages_import_each_other_in_no_circle(package):
    assert circle((path, (ROOT / path).read_text()) for path in sources(f"{package}/**/*.py")) == []


def test_a_circle_of_sub_packages_is_found():
    assert set(circle([
        ("tools/bench/server.py", "from tools.bench.load.setup import Setup"),
        ("tools/bench/load/setup.py", "def late():\n    from tools.bench import machine"),
        ("tools/bench/machine.py", "from tools import errors"),
        ("tools/errors.py", "import os"),
        ("tools/bench/__main__.py", "import tools.bench.load"),
    ])) == {"tools.bench", "tools.bench.load"}


@pytest.mark.parametrize("path", list(sources(*(f"{each}/**/*.py" for each in PACKAGES))))
def test_the_rules_are_kept(path):
    assert breaches(path, (ROOT / path).read_text()) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_short_and_what_it_does_is_elsewhere(service):
    lines = (ROOT / service / "service.py").read_text().splitlines()
    assert len(lines) <= MAX_SERVICE_LINES


def test_every_source_that_is_to_be_pure_is_there():
    assert len(set(sources(*PURE))) >= len(PURE)


def test_every_module_that_says_it_is_pure_is_checked():
    modules = sources(*(f"{each}/**/*.py" for each in PACKAGES))
    pure = {each for each in modules if SAYS_PURE in (ROOT / each).read_text().split('"""')[1]}
    assert pure <= set(sources(*PURE))


FORBIDDEN = [
    ("rooms/service.py", "from sessions.models import Session"),
    ("rooms/service.py", "import sessions.service"),
    ("rooms/service.py", "import sessions"),
    ("rooms/service.py", "from sessions import storage"),
    ("rooms/models.py", "def late():\n    from private_rooms.keys import new_key"),
    ("gateway/connection/connection.py", "from searcher import matching"),
    ("gateway/connection/connection.py", "import auth.token_codec as tokens"),
    ("sessions/service.py", "from accounts import events"),
    ("sessions/dependencies.py", "from auth.exceptions import InvalidToken"),
    ("auth/service.py", "import accounts.events"),
    ("auth/service.py", "from sessions.exceptions import NotAPlayer"),
    ("accounts/service.py", "from sessions.exceptions import GameNotFound"),
    ("accounts/service.py", "import sessions"),
    ("rooms/service.py", "from gateway.protocol.errors import CODES"),
    ("extensions/rpc/client.py", "import sessions.events"),
    ("extensions/pagination.py", "from gateway import errors"),
    ("arbiter_games/plugins.py", "from sessions.options import complete"),
    ("arbiter_games/testing/host.py", "import extensions.errors"),
    ("arbiter_games/testing/conformance.py", "import nameko.testing"),
    ("sessions/service.py", "from tools.launch.ports import free_ports"),
    ("extensions/clock.py", "import tests.clock"),
    ("sessions/service.py", "import bots.engines.levels"),
    ("bots/engines/rebuild.py", "from sessions.match import Match"),
    ("bots/process.py", "from tools.launch.ports import free_ports"),
    ("client/connection.py", "import extensions.errors"),
    ("gateway/gateway.py", "from client import Client"),
    ("rooms/service.py", "from . import models"),
    ("rooms/service.py", "from ..sessions import models"),
    ("gateway/protocol/dispatch.py", "from gateway.broker.services import Services"),
    ("gateway/broker/event_subscriber.py", "from gateway.connection.connection import Connection"),
    ("gateway/connection/connection.py", "from gateway.methods import auth"),
    ("gateway/connection/connection.py", "from gateway import gateway"),
    ("gateway/http/static.py", "import gateway.connection.connection"),
    ("sessions/match.py", "import eventlet"),
    ("arbiter_games/chess.py", "from sqlalchemy.orm import Session"),
    ("auth/token_codec.py", "from nameko.extensions import DependencyProvider"),
    ("gateway/protocol/json_rpc.py", "import flask.json"),
    ("gateway/protocol/params.py", "def late():\n    import kombu"),
    ("searcher/storage.py", "import nameko_sqlalchemy"),
    ("rooms/models.py", "from nameko_sqlalchemy.database import Database"),
    ("rooms/models.py", "from sqlalchemy import create_engine"),
    ("rooms/service.py", "import sqlalchemy.orm\nsqlalchemy.orm.sessionmaker()"),
    ("auth/dependencies.py", "import os\nSECRET = os.environ['TOKEN_SECRET']"),
    ("auth/dependencies.py", "from os import getenv"),
    ("gateway/process.py", "import os\nPORT = os.getenv('PORT')"),
    ("gateway/process.py", "import os as system\nsystem.environ['PORT']"),
    ("extensions/clock.py", "import os\nos.environ['FAULT_POINT']"),
    ("rooms/service.py", "def ttl(self):\n    return self.container.config['ROOM_TTL']"),
    ("rooms/service.py", "def setup(container):\n    return container.config"),
    ("rooms/service.py", "from nameko import config"),
    ("gateway/process.py", "import yaml"),
]
ALLOWED = [
    ("rooms/service.py", "from sessions.exceptions import GameNotFound"),
    ("rooms/service.py", "from rooms import models, schemas\nimport rooms.events"),
    ("gateway/broker/event_subscriber.py", "import sessions.events\nfrom rooms import exceptions"),
    ("gateway/connection/search.py", "from gateway.broker import services\nimport gateway.metrics"),
    ("gateway/methods/auth.py", "from gateway.connection.connection import Connection"),
    ("gateway/gateway.py", "import gateway.methods.call\nimport gateway.leases"),
    ("sessions/service.py", "import nameko.rpc\nfrom extensions.storage.database import Database"),
    ("sessions/match.py", "from sessions import events\nimport dataclasses"),
    ("bots/play.py", "from client import Client\nimport arbiter_games.contract"),
    (
        "extensions/storage/database.py",
        "import nameko_sqlalchemy\nfrom sqlalchemy import create_engine",
    ),
    ("extensions/rpc/client.py", "import os\nos.getpid()"),
    ("gateway/process.py", "def wsgi(environ, start):\n    return environ['PATH_INFO']"),
    ("arbiter_games/plugins.py", "from arbiter_games.contract import Game\nimport chess"),
    ("sessions/conformance_host.py", "from sqlalchemy import create_engine"),
    ("sessions/options.py", "from arbiter_games.options import CommonOptions"),
    ("accounts/session_results.py", "import sessions.events\nfrom sessions import events"),
    ("sessions/dependencies.py", "from auth.events import DELETED_GUESTS_EXCHANGE"),
    ("gateway/app.py", "from flask import Flask\napp = Flask(__name__)\napp.config['A'] = 1"),
    ("extensions/settings/loader.py", "import os\nos.environ['GRCE']"),
    ("extensions/fault_points.py", "import os\nos.environ['FAULT_POINT']"),
]


@pytest.mark.parametrize(("path", "source"), FORBIDDEN)
def test_a_forbidden_source_is_found(path, source):
    assert breaches(path, dedent(source))


@pytest.mark.parametrize(("path", "source"), ALLOWED)
def test_an_allowed_source_is_let_through(path, source):
    assert breaches(path, dedent(source)) == []


@pytest.fixture(scope="module")
def modules_of_tests() -> dict[str, ast.Module]:
    """Return the syntax trees of all tests, by path."""
    return {path: ast.parse((ROOT / path).read_text()) for path in sources("tests/**/*.py")}


def test_names_of_tests_say_case_and_expectation(modules_of_tests):
    assert [
        f"{path}::{node.name}"
        for path, tree in modules_of_tests.items()
        for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
        if len(node.name) > MAX_TEST_NAME or WITHOUT_A_SUBJECT.match(node.name)
    ] == []


def test_modules_of_tests_say_what_is_in_them(modules_of_tests):
    assert [path for path, tree in modules_of_tests.items() if not ast.get_docstring(tree)] == []


def test_modules_of_tests_are_short(modules_of_tests):
    lines = {path: len((ROOT / path).read_text().splitlines()) for path in modules_of_tests}
    assert {path: count for path, count in lines.items() if count > MAX_TEST_LINES} == {}
