"""A server that a tool starts for itself uses no data of other servers."""

import pytest

import tools.bench.server as bench
import tools.demo.find_server as demo


@pytest.mark.parametrize(
    ("module", "serve"),
    [(bench, bench.own_server), (demo, lambda: demo.temporary_server(str))],
)
def test_a_server_of_a_tool_uses_no_other_data(monkeypatch, module, serve):
    environments = []

    def refuse(folder, environment, *_):
        environments.append(environment)
        raise InterruptedError

    monkeypatch.setattr(module, "Stack", refuse)
    monkeypatch.setattr(demo, "provide", lambda *uses: None)
    for name in ("AMQP_URI", "DATA_DIR", "REDIS_URL", "ROOMS_DB_URI"):
        monkeypatch.setenv(name, "of another server")
    with pytest.raises(InterruptedError):
        with serve():
            pass
    assert "of another server" not in environments[0].values()
