"""What this server is."""

from gateway.methods.call import HandlerCall
from gateway.protocol import params, results
from gateway.protocol.registry import Access, method
from gateway.version import NAME, PROTOCOL, VERSION


@method("server.info", Access.ANYONE)
def info(call: HandlerCall, given: params.NoParams) -> results.ServerInfo:
    """Tell what this server is and which games are played here."""
    return {
        "name": NAME, "version": VERSION, "protocol": PROTOCOL, "games": list(call.games.all())
    }
