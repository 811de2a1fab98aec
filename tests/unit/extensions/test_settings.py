"""Settings: defaults, how they are read, and what is refused."""

import subprocess
import sys

import pytest

from extensions.settings import Settings, types_by_name
from extensions.settings.loader import InvalidSettings, load_settings, warn_of_misspelt_variables
from tests.process import ROOT, bare_environment

SECRET = "a secret of the tests, and long enough"


def refusal(process="", **config):
    with pytest.raises(InvalidSettings) as refused:
        load_settings(config, process)
    return str(refused.value)


@pytest.mark.parametrize("empty", [{}, {"PING": ""}, {"PING": None}])
def test_empty_settings_have_their_defaults(empty):
    assert load_settings(empty) == Settings()


@pytest.mark.parametrize("name", types_by_name())
def test_each_default_is_what_its_written_form_is_read_as(name):
    kind = types_by_name()[name]
    if kind.default:
        assert kind.read(name, kind.default) == getattr(Settings(), name.lower())
    else:
        assert not getattr(Settings(), name.lower())


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("PING", "2.5", 2.5), ("PING", 30, 30.0), ("MAX_WORKERS", "4", 4),
        ("RATE_LIMITS", "off", False), ("RATE_LIMITS", "On", True),
        ("RATE_LIMITS", False, False), ("RATE_LIMITS", "yes", True),
        ("METRICS_PORT", "9100", 9100), ("LEAVING", "claim", "claim"),
        ("ALLOWED_ORIGINS", "https://a, http://b:3000", ("https://a", "http://b:3000")),
        ("AMQP_URI", "amqp://a:b@c/v;amqps://d", "amqp://a:b@c/v;amqps://d"),
        ("REDIS_URL", "redis://:pw@host:6379/0", "redis://:pw@host:6379/0"),
    ],
)
def test_a_value_is_read_from_text_or_yaml(name, value, read):
    loaded = getattr(load_settings({name: value}), name.lower())
    assert (loaded, type(loaded)) == (read, type(read))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PING", "abc", "PING is a number of seconds from 1 to 86400, not 'abc'"),
        ("PING", 0.5, "PING is a number of seconds from 1 to 86400, not '0.5'"),
        ("PING", "nan", "PING is a number of seconds from 1 to 86400, not 'nan'"),
        ("PING", "inf", "PING is a number of seconds from 1 to 86400, not 'inf'"),
        ("PING", True, "PING is a number of seconds from 1 to 86400, not 'True'"),
        ("PING", "1e9", "PING is a number of seconds from 1 to 86400, not '1e9'"),
        ("ROOMS_KEPT", "-1", "ROOMS_KEPT is a number of days from 0 to 36500, not '-1'"),
        ("MAX_WORKERS", "1.5", "MAX_WORKERS is a whole number from 1 to 1000, not '1.5'"),
        ("MAX_WORKERS", 10**6, "MAX_WORKERS is a whole number from 1 to 1000, not '1000000'"),
        ("PORT", "65536", "PORT is a number from 1 to 65535, not '65536'"),
        ("RATE_LIMITS", "some", "RATE_LIMITS is on or off, not 'some'"),
        ("LEAVING", "never", "LEAVING is auto or claim, not 'never'"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is DEBUG, INFO, WARNING, ERROR or CRITICAL, not 'LOUD'"),
        ("ALLOWED_ORIGINS", "https://a/", "ALLOWED_ORIGINS is a list of origins as "
         "https://example.org, with commas between, not 'https://a/'"),
        ("TOKEN_SECRET", "x" * 31, "TOKEN_SECRET is a secret of at least 32 characters, not one "
         "of 31"),
        ("TOKEN_SECRET_PREVIOUS", "x", "TOKEN_SECRET_PREVIOUS is a secret of at least 32 "
         "characters, not one of 1"),
        ("TOKEN_SECRET_NEXT", "x", "TOKEN_SECRET_NEXT is a secret of at least 32 characters, not "
         "one of 1"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(name, value, sentence):
    assert refusal(**{name: value}) == sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AMQP_URI", "http://guest:hush@host/"), ("AMQP_URI", "amqp://a;guest:hush@host"),
        ("REDIS_URL", ":hush@host"), ("AUTH_DB_URI", "mysql://a:hush@b/c"),
        ("TOKEN_SECRET", "hush"),
    ],
)
def test_a_refusal_does_not_show_a_password(name, value):
    sentence = refusal(**{name: value})
    assert sentence.startswith(f"{name} is ") and "hush" not in sentence


@pytest.mark.parametrize(
    "secrets",
    [
        {"token_secret": "hush"}, {"token_secret_previous": "hush"},
        {"token_secret_next": "hush"},
        {"amqp_uri": "amqp://a:hush@b"}, {"auth_db_uri": "postgresql://a:hush@b/c"},
        {"redis_url": "redis://:hush@host"},
    ],
    ids=lambda secrets: next(iter(secrets)),
)
def test_the_repr_does_not_show_secrets(secrets):
    assert "hush" not in repr(Settings(**secrets))
    assert "max_workers=16" in repr(Settings(**secrets))


def test_all_wrong_values_are_told_at_once():
    lines = refusal("auth", PING="abc", GRACE=-1).splitlines()
    assert [line.split()[0] for line in lines] == ["GRACE", "PING", "TOKEN_SECRET"]


def test_an_unknown_key_is_refused_with_the_nearest_name():
    assert refusal(GRCE=3) == "GRCE is no setting: is GRACE meant?"
    assert load_settings({"LOGGING": {}, "SERVICE_CONTAINER_CLS": "a.B"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "setting"),
    [
        ("GRCE", "GRACE"), ("AUTH_DB_URL", "AUTH_DB_URI"), ("METRIC_PORT", "METRICS_PORT"),
    ],
)
def test_a_variable_that_resembles_a_setting_is_warned_of(variable, setting, caplog):
    warn_of_misspelt_variables({variable: "1"})
    assert caplog.messages == [f"{variable} is no setting: is {setting} meant?"]


def test_other_variables_are_passed_over(caplog):
    others = ("PATH", "PWD", "LC_ALL", "XDG_DATA_DIRS", "HOST", "MAKELEVEL", "GATEWAY_PORT")
    warn_of_misspelt_variables(dict.fromkeys((*others, "PORT", "GRACE"), "1"))
    warn_of_misspelt_variables({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://host"})
    assert caplog.messages == []


def test_auth_alone_needs_a_token_secret():
    assert refusal("auth").startswith("TOKEN_SECRET must be set to a secret of 32 characters")
    assert load_settings({"TOKEN_SECRET": SECRET}, "auth").token_secret == SECRET
    assert load_settings({}, "rooms").token_secret == ""


def test_sessions_are_archived_only_to_a_folder():
    assert refusal("sessions", SESSIONS_KEPT=30).startswith("SESSIONS_KEPT needs an ARCHIVE_DIR")
    assert load_settings({"SESSIONS_KEPT": 30, "ARCHIVE_DIR": "a"}, "sessions").sessions_kept == 30


def test_sessions_are_kept_longer_than_their_rooms():
    kept = {"ARCHIVE_DIR": "a", "ROOMS_KEPT": 2}
    said = "SESSIONS_KEPT must be 0 or more than ROOMS_KEPT, which is 2"
    assert refusal("sessions", SESSIONS_KEPT=2, **kept) == said
    for allowed in (0, 2.5):
        assert load_settings({"SESSIONS_KEPT": allowed, **kept}, "sessions").rooms_kept == 2


@pytest.mark.parametrize("process", ["sessions", "gateway"])
def test_a_silent_broker_is_lost_before_a_lease_runs_out(process):
    said = "HEARTBEAT must be below GATEWAY_LEASE less 3, which is 12"
    assert refusal(process, HEARTBEAT=12) == said
    assert load_settings({"HEARTBEAT": 11.9}, process).gateway_lease == 15


def test_a_value_that_is_wrong_by_itself_is_told_once():
    assert len(refusal("gateway", HEARTBEAT="often", GATEWAY_LEASE=5).splitlines()) == 1


def test_a_refresh_token_can_be_used_again_after_a_lost_answer():
    said = "REFRESH_TOKEN_REUSE must be at least RPC_TIMEOUT, which is 10"
    given = {"TOKEN_SECRET": SECRET, "RPC_TIMEOUT": 10}
    assert refusal("auth", REFRESH_TOKEN_REUSE=9, **given) == said
    assert load_settings({"REFRESH_TOKEN_REUSE": 10, **given}, "auth").rpc_timeout == 10


def test_guests_are_kept_longer_than_their_access_tokens():
    said = "GUESTS_KEPT must be above ACCESS_TOKEN_TTL, which is 90000"
    given = {"TOKEN_SECRET": SECRET, "ACCESS_TOKEN_TTL": 90_000}
    assert refusal("auth", GUESTS_KEPT=1, **given) == said
    assert load_settings({"GUESTS_KEPT": 2, **given}, "auth").access_token_ttl == 90_000


@pytest.mark.parametrize(("given", "said"), [
    ({"BOTS_PASSWORD": ""}, "BOTS_PASSWORD must be set to the password of the computer opponents"),
    ({"BOTS_PASSWORD": "x" * 129}, "BOTS_PASSWORD has at most 128 characters"),
    ({"BOTS_SUFFIX": "-too-long-"}, "BOTS_SUFFIX is up to 9 of A-Z a-z 0-9 _ -"),
    ({"BOTS_SUFFIX": "twice,twice"}, "BOTS_SUFFIX is up to 9 of A-Z a-z 0-9 _ -"),
])
def test_bots_have_a_password_and_a_short_suffix(given, said):
    assert refusal("bots", **{"BOTS_PASSWORD": SECRET, **given}).startswith(said)
    assert load_settings({"BOTS_PASSWORD": SECRET}, "bots").bots_suffix == ",b"


def test_a_database_without_a_uri_is_a_file_of_sqlite():
    settings = Settings(data_dir="here", rooms_db_uri="postgresql://host/rooms")
    assert settings.db_uri("rooms") == "postgresql://host/rooms"
    assert settings.db_uri("sessions") == "sqlite:///here/sessions.sqlite"
    assert settings.db_uri("auth", "Tokens") == "sqlite:///here/auth_tokens.sqlite"


def test_a_pool_never_has_fewer_connections_than_workers_need():
    assert Settings(db_pool_size=3, max_workers=16).db_connections == 18
    assert Settings(db_pool_size=30, max_workers=16).db_connections == 30


@pytest.mark.parametrize("command", [["gateway"], ["nameko", "run", "auth.service"]], ids=str)
def test_a_process_that_finds_wrong_settings_names_them_and_ends(command):
    wrong = {"PING": "abc", "LOG_FORMAT": "xml", "LOG_LEVEL": "LOUD", "TOKEN_SECRET": "short"}
    ended = subprocess.run(
        [sys.executable, "-m", *command, "--config", "config.yaml"], cwd=ROOT, timeout=60,
        env={**bare_environment(), **wrong, "PYTHONWARNINGS": "ignore"},
        capture_output=True, text=True,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    named = [line.split()[0] for line in ended.stderr.splitlines()]
    assert named == ["TOKEN_SECRET", "PING", "LOG_FORMAT", "LOG_LEVEL"]
