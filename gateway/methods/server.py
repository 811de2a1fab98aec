"""What this server is."""

from gateway import params, results
from gateway.table import Call, Who, method
from gateway.version import NAME, PROTOCOL, VERSION


@method("server.info", Who.ANYONE, params.Nothing, results.ServerInfo)
def info(call: Call, given: params.Nothing):
    """Tell what this server is and which games are played here."""
    return {
        "name": NAME, "version": VERSION, "protocol": PROTOCOL, "games": call.gateway.games.all()
    }
