"""compose.yaml, the image and the balancers agree with the code and the documentation.

Docker is not needed: another implementation of the Compose specification reads compose.yaml.
"""

import re
import subprocess
from urllib.parse import unquote

import compose_spec
import pytest
import yaml

from tests.docs.pages import ROOT, blocks, read, section
from tests.docs.test_settings import DEFAULTS
from tests.stack import SERVICES
from tools.launch.backends import DATABASES

COMPOSE = read("compose.yaml")
PARTS = yaml.safe_load(COMPOSE)["services"]
OURS = {name: part for name, part in PARTS.items() if part["image"] == "arbiter"}
ENGINES = {name: part for name, part in PARTS.items() if name not in OURS}
SECRETS = (
    "RABBITMQ_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "TOKEN_SECRET", "BOTS_PASSWORD",
)
USED = re.compile(r"(?<!\$)\$\{(\w+)(:[-?])?")
USED_WHOLE = re.compile(r"(?<!\$)\$\{\w+(:-(?P<default>[^}]*)|:\?[^}]*)?\}")
HAPROXY, NGINX = read("deploy/haproxy.cfg"), read("deploy/nginx.conf")


def test_the_compose_file_is_valid():
    filled = USED_WHOLE.sub(lambda found: found["default"] or "x", COMPOSE).replace("$$", "$")
    merged = yaml.safe_dump(yaml.safe_load(filled))
    compose_spec.PyCompose.from_yaml(merged).validate()


def test_containers_run_the_documented_commands():
    shown = "".join(blocks(section(read("docs/operations.md"), "## Starting by hand"), "sh"))
    commands = {part["command"] for part in OURS.values()}
    assert commands == set(re.findall(r"^(?:nameko|python -m).*$", shown, re.MULTILINE))
    assert set(OURS) == {*SERVICES, "gateway", "bots"}


@pytest.mark.parametrize("name", OURS)
def test_a_process_has_known_settings_and_few_rights(name):
    part = OURS[name]
    assert set(part["environment"]) <= set(DEFAULTS)
    assert part["read_only"] and part["cap_drop"] == ["ALL"]
    assert part["restart"] == "unless-stopped"
    assert part["deploy"]["replicas"] == (1 if name == "bots" else 2)
    assert f":{part['environment']['METRICS_PORT']}/healthz" in part["healthcheck"]["test"][-1]
    assert "ports" not in part
    # A container writes only where it keeps, for its next start, what has hung in it.
    own = [part["environment"]["DATA_DIR"]] if name == "sessions" else []
    assert part.get("volumes", []) == own


def test_each_database_is_created_and_given_to_its_service():
    given = {
        setting: (name, uri) for name, part in OURS.items()
        for setting, uri in part["environment"].items() if setting.endswith("_DB_URI")
    }
    assert set(given) == set(DATABASES)
    made = re.findall(r"^CREATE DATABASE (\w+);$", read("deploy/databases.sql"), re.MULTILINE)
    for setting, (service, uri) in given.items():
        assert setting.startswith(service.upper())
        assert uri.startswith("postgresql+psycopg2://arbiter:${POSTGRES_PASSWORD}@postgres/")
        assert uri.rpartition("/")[2] == DATABASES[setting]
    assert sorted(made) == sorted(DATABASES.values())


def test_only_auth_has_the_token_secret():
    assert [name for name, part in PARTS.items() if "TOKEN_SECRET" in str(part)] == ["auth"]


def test_a_missing_secret_is_refused_with_a_reference():
    used = USED.findall(COMPOSE)
    for secret in SECRETS:
        assert {how for name, how in used if name == secret} <= {"", ":?"}
        assert f"${{{secret}:?is not set, see docs/containers.md}}" in COMPOSE
    assert {name for name, _ in used} - set(SECRETS) <= set(DEFAULTS)
    assert {name for name, how in used if not how} <= set(SECRETS)


def test_the_shown_commands_make_the_secrets(tmp_path):
    [making, *_] = blocks(read("docs/containers.md"), "sh")
    subprocess.run(["sh", "-eu", "-c", making], cwd=tmp_path, check=True)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    assert set(made) == set(SECRETS) and len(set(made.values())) == len(SECRETS)
    assert all(re.fullmatch(r"[0-9a-f]{64}", secret) for secret in made.values())
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_dependencies_wait_for_healthy_containers():
    for name, part in PARTS.items():
        for needed, how in part.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}, name
            assert "healthcheck" in PARTS[needed], needed
    hosts = {
        name: set(re.findall(r"(?:@|ws://)(\w+)[:/]", str(part["environment"])))
        for name, part in OURS.items()
    }
    assert {name: set(OURS[name]["depends_on"]) for name in OURS} == hosts


def test_data_is_on_volumes_and_only_the_balancer_is_exposed():
    volumes = yaml.safe_load(COMPOSE)["volumes"]
    assert set(volumes) == {"rabbitmq", "postgres", "redis"}
    for name in volumes:
        assert PARTS[name]["volumes"][0].startswith(f"{name}:/")
    assert [name for name, part in PARTS.items() if "ports" in part] == ["balancer"]
    assert yaml.safe_load(COMPOSE)["networks"]["inside"] == {"internal": True}
    assert all(part["networks"] == ["inside"] for name, part in PARTS.items() if name != "balancer")


def test_mounted_files_exist():
    for part in PARTS.values():
        for volume in part.get("volumes", []):
            source = volume.partition(":")[0]
            assert not source.startswith(".") or (ROOT / source).is_file()


@pytest.mark.parametrize("name", ENGINES)
def test_images_of_engines_have_a_version(name):
    assert re.fullmatch(r"[a-z]+:\d+(\.\d+)*", ENGINES[name]["image"])


def test_the_image_has_all_packages_and_only_named_files():
    listed = [line for line in read(".dockerignore").splitlines() if line and line[0] != "#"]
    assert listed[0] == "*" and listed[-1] == "**/__pycache__"
    taken = {line.removeprefix("!").rstrip("/") for line in listed[1:-1]}
    assert all((ROOT / name).exists() for name in taken)
    packages = {*SERVICES, "arbiter_games", "bots", "client", "gateway", "extensions", "web"}
    assert packages | {"config.yaml", "requirements/run.txt"} <= taken


def test_the_image_uses_pinned_packages_and_no_root():
    steps = read("Dockerfile")
    assert steps.count("--require-hashes") == 2 and "requirements/run.txt" in steps
    assert re.search(r"^USER arbiter$", steps, re.MULTILINE)
    version = re.search(r"^FROM python:(3\.\d+)-slim$", steps, re.MULTILINE)[1]
    assert f"Python :: {version}" in read("setup.cfg")


@pytest.mark.parametrize("page", [HAPROXY, NGINX], ids=["haproxy", "nginx"])
def test_balancer_timeouts_exceed_the_ping_interval(page):
    silences = re.findall(r"(?:tunnel|client|server|read_timeout|send_timeout) (\d\d+)s", page)
    assert silences and all(int(each) > 2 * int(DEFAULTS["PING"]) for each in silences)
    assert f"PING, which is {DEFAULTS['PING']} s" in page


@pytest.mark.parametrize("page", [HAPROXY, NGINX], ids=["haproxy", "nginx"])
def test_a_balancer_hides_the_paths_for_operators(page):
    [line] = [line for line in page.splitlines() if "healthz" in line and "readyz" in line]
    assert "{ path,url_dec -m reg " in line or "location ~ " in line  # either decodes the path
    hidden = re.compile(re.search(r"\^\S+", line)[0])
    for path in ("/healthz", "/readyz", "/metrics", "/%6Detrics", "/%68ealthz", "/metrics/",
                 "//metrics", "/%2fmetrics", "/%2F%72eadyz%2F"):
        assert hidden.search(unquote(path)), path
    for path in ("/", "/ws", "/rpc", "/metrics.html", "/players/metrics", "/%256Detrics"):
        assert not hidden.search(unquote(path)), path


@pytest.mark.parametrize("page", [HAPROXY, NGINX], ids=["haproxy", "nginx"])
def test_a_balancer_replaces_the_forwarded_address(page):
    [line] = [line.split("X-Forwarded-For ")[1] for line in page.splitlines()
              if "X-Forwarded-For" in line]
    assert line.strip(";") in ("%[src]", "$remote_addr")
    believed = OURS["gateway"]["environment"]["TRUSTED_PROXIES"]
    [row] = [
        line for line in read("docs/clusters.md").splitlines() if line.startswith("| `deploy/")
    ]
    assert "replace it" in row and f"`{believed}`, as in `compose.yaml`" in row
    assert all(f"`deploy/{name}`" in row for name in ("haproxy.cfg", "nginx.conf"))


def test_the_balancer_finds_the_gateways():
    assert f":{DEFAULTS['PORT']}" in PARTS["balancer"]["ports"][0]
    assert HAPROXY.count(f"gateway:{DEFAULTS['PORT']} resolvers") == 2
    assert "PORT" not in OURS["gateway"]["environment"]
