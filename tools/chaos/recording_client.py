"""A client that records what it receives of sessions, in order."""


from client import Client, JsonObject
from tools.chaos.records import EventStream, latest_stream

ANSWER_TIMEOUT_SECONDS = 8.0  # until a connection counts as dead; the server's own limit is 5
CONNECT_RESULT_KEYS = {"session", "events", "next"}


class RecordingClient(Client):
    """A connection of a player, to whose records it adds streams and errors."""

    def __init__(
        self, url: str, login: str, streams: list[EventStream], errors: list[str]
    ) -> None:
        self._login, self._streams, self._errors = login, streams, errors
        self._since: int | None = None
        super().__init__(url, timeout=ANSWER_TIMEOUT_SECONDS)

    def follow(self, session_id: str, since: int | None) -> JsonObject:
        """Connect to a session; its events from now on belong to a new stream."""
        self._since = since
        answer: JsonObject = self.call("sessions.connect", session_id=session_id, since=since)
        return answer

    @property
    def is_open(self) -> bool:
        return self._open

    def _take(self, message: JsonObject) -> None:
        result = message.get("result")
        if isinstance(result, dict) and result.keys() == CONNECT_RESULT_KEYS:
            session = result["session"]
            self._streams.append(EventStream(
                session["session_id"], self._login, self._since, session, result["events"]
            ))
        elif "version" in message.get("params", {}):
            self._record_event(message["method"], message["params"])
        super()._take(message)

    def _record_event(self, name: str, params: JsonObject) -> None:
        stream = latest_stream(self._streams, params["session_id"])
        if stream is None:
            self._errors.append(f"{self._login} received {params} before connecting")
        else:
            stream.events.append((name, params))
