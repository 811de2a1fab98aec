"""What servers are given that tools start for themselves."""

import pytest

import tools.bench.server as bench
import tools.demo.find_server as demo


@pytest.mark.parametrize(
    ("module", "serve"),
    [(bench, bench.own_server), (demo, lambda: demo.temporary_server(str))],
)
def test_a_server_of_a_tool_uses_no_other_data(monkeypatch, module, serve):
    environments = refused_environments(monkeypatch, module)
    monkeypatch.setattr(demo, "provide", lambda *uses: None)
    for name in ("AMQP_URI", "DATA_DIR", "REDIS_URL", "ROOMS_DB_URI"):
        monkeypatch.setenv(name, "of another server")
    with pytest.raises(InterruptedError):
        with serve():
            pass
    assert "of another server" not in environments[0].values()


def test_the_watch_over_games_is_off_in_profiled_processes(monkeypatch, tmp_path):
    environments = refused_environments(monkeypatch, bench)
    for profiles in (None, tmp_path):
        with pytest.raises(InterruptedError):
            with bench.own_server(profiles=profiles):
                pass
    assert [each.get("GAME_TIMEOUT") for each in environments] == [None, "0"]


def refused_environments(monkeypatch, module):
    """Have no server start; return a list of the environments of those that were to start."""
    environments = []

    def refuse(folder, environment, *_):
        environments.append(environment)
        raise InterruptedError

    monkeypatch.setattr(module, "Stack", refuse)
    return environments
