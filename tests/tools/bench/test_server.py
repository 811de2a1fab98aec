"""What is measured is a server of the measurement's own."""

import pytest

import tools.bench.__main__ as bench
import tools.demo.server


@pytest.mark.parametrize(
    ("module", "serve"),
    [(bench, bench.own_server), (tools.demo.server, lambda: tools.demo.server.started(str))],
)
def test_what_starts_a_server_of_its_own_keeps_away_from_other_data(monkeypatch, module, serve):
    given = []

    def refuse(folder, environment):
        given.append(environment)
        raise InterruptedError

    monkeypatch.setattr(module, "Stack", refuse)
    monkeypatch.setattr(tools.demo.server, "provide", lambda *uses: None)
    for name in ("AMQP_URI", "DATA_DIR", "REDIS_URL", "ROOMS_DB_URI"):
        monkeypatch.setenv(name, "precious")
    with pytest.raises(InterruptedError):
        with serve():
            pass
    assert "precious" not in given[0].values()
