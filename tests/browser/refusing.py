"""A server that can't answer for a while."""

import json

from tests.browser.people import Person


class Refusing:
    """A line to a server that refuses the next `refuses` calls of a method."""

    def __init__(self, person: Person, method: str, **details: float):
        """Take what else the refusals tell."""
        self.method, self.details = method, details
        self.refuses = 0
        self._ends: list = []
        person.page.route_web_socket("**/ws", self._connect)

    @property
    def connections(self) -> int:
        """How many connections the page has made."""
        return len(self._ends)

    def break_connection(self) -> None:
        for end in self._ends[-1]:
            end.close()

    def _connect(self, socket) -> None:
        server = socket.connect_to_server()
        self._ends.append((socket, server))

        def to_server(message):
            request = json.loads(message)
            if request["method"] == self.method and self.refuses:
                self.refuses -= 1
                socket.send(refusal(request["id"], **self.details))
            else:
                server.send(message)

        socket.on_message(to_server)


def refusal(request_id: int, **details: float) -> str:
    """Return the answer of a gateway whose service did not answer in time."""
    error = {"code": -32007, "message": "The service did not answer in time",
             "data": {"type": "Unavailable", "service": "a service", **details}}
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "error": error})
