"""What this server is."""

from gateway.protocol import params, results
from gateway.protocol.registry import Access, Call, method
from gateway.version import NAME, PROTOCOL, VERSION


@method("server.info", Access.ANYONE, params.NoParams, results.ServerInfo)
def info(call: Call, given: params.NoParams):
    """Tell what this server is and which games are played here."""
    return {
        "name": NAME, "version": VERSION, "protocol": PROTOCOL, "games": call.gateway.games.all()
    }
