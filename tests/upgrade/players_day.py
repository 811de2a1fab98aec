"""What players do in a day, each through a gateway of their own: every service has its part."""

import secrets

from client import Client, Refused
from tests.stack import eventually

UNRATED = {"rated": False}


class Resident:
    """A registered player on a connection, who asks again where the server says so."""

    def __init__(self, url: str) -> None:
        self.url, self.client = url, Client(url, timeout=60)
        self.login = f"p-{secrets.token_hex(6)}"
        self.tokens = self.call("auth.guest", login=self.login)
        self.password = f"password of {self.login}"
        self.call("auth.claim", password=self.password)

    def call(self, method: str, **params):
        """Return what a method answers."""
        return eventually(lambda: self._answered(method, params), what=method)[0]

    def hears(self, event: str, session_id: str):
        """Wait for an event of a session."""
        return self.client.wait_for(
            event, lambda params: params.get("session_id") == session_id, timeout=60
        )

    def _answered(self, method, params):
        try:
            return [self.client.call(method, **params)]
        except Refused as refusal:
            if refusal.type != "Unavailable":
                raise
            return None


def live(one: Resident, other: Resident) -> None:
    """Meet in all ways, play, and see what comes of it."""
    meet_by_room(one, other)
    meet_by_key(other, one)
    meet_by_search(one, other)
    meet_by_challenge(other, one)
    look_at_each_other(one, other)


def meet_by_room(one: Resident, other: Resident) -> None:
    room = one.call("rooms.create", game="dobutsu", options={"rated": True})
    rooms = one.call("rooms.list", game="dobutsu")["items"]
    assert room["room_id"] in [each["room_id"] for each in rooms]
    session_id = other.call("rooms.join", room_id=room["room_id"])["session_id"]
    play(one, other, session_id)
    assert one.call("sessions.rematch", session_id=session_id)["status"] == "asked"
    again = other.call("sessions.rematch", session_id=session_id)
    assert again["status"] == "created", again
    assert one.call("sessions.get", session_id=again["session_id"])["status"] == "active"
    command(other, again["session_id"], "abort")


def meet_by_key(one: Resident, other: Resident) -> None:
    room = one.call("private_rooms.create", options=UNRATED)
    joined = other.call("private_rooms.join", connection_key=room["connection_key"])
    play(one, other, joined["session_id"])


def meet_by_search(one: Resident, other: Resident) -> None:
    options = {"clock": {"initial": 600, "increment": 1}}
    one.call("searcher.start", game="chess", options=options)
    found = other.call("searcher.start", game="chess", options=options)
    if found["status"] != "found":
        found = other.client.wait_for("searcher.opponent_found", timeout=60)
    resign(one, other, found["session_id"])


def meet_by_challenge(one: Resident, other: Resident) -> None:
    room = one.call("rooms.challenge", login=other.login, game="dobutsu", side="first",
                    options=UNRATED)
    challenges = other.call("rooms.challenges")["items"]
    assert room["room_id"] in [each["room_id"] for each in challenges]
    resign(one, other, other.call("rooms.accept", room_id=room["room_id"])["session_id"])


def play(one: Resident, other: Resident, session_id: str) -> None:
    """Play a move each, and resign; both see all of it."""
    for each in (one, other):
        each.call("sessions.connect", session_id=session_id)
    for move in ("b2b3", "b4b3"):
        shown = {each: each.call("sessions.get", session_id=session_id) for each in (one, other)}
        [mover] = [each for each in shown if shown[each]["legal"]]
        command(mover, session_id, "move", move=move)
        for each in (one, other):
            each.hears("session.state_changed", session_id)
    resign(one, other, session_id)
    assert other.call("sessions.history", session_id=session_id)["events"][-1]["result"]
    assert one.call("sessions.export", session_id=session_id)


def resign(one: Resident, other: Resident, session_id: str) -> None:
    for each in (one, other):
        each.call("sessions.connect", session_id=session_id)
    command(one, session_id, "resign")
    for each in (one, other):
        each.hears("session.ended", session_id)


def command(player: Resident, session_id: str, kind: str, **details: str) -> None:
    player.call("sessions.execute", session_id=session_id, command_id=secrets.token_hex(8),
                command={"type": kind, **details})


def look_at_each_other(one: Resident, other: Resident) -> None:
    """Have the rated game counted; follow, block, and come and go."""
    played = eventually(lambda: ratings(one, other), what="A counted result")
    assert played["dobutsu"]["games"] >= 1
    assert one.call("accounts.rating_history", login=other.login, game="dobutsu")
    assert one.call("accounts.leaderboard", game="dobutsu")
    one.call("accounts.follow", login=other.login)
    assert other.login in [each["login"] for each in one.call("accounts.following")["items"]]
    assert one.call("accounts.relation", login=other.login)
    one.call("accounts.update", display_name="Ada")
    assert other.call("accounts.get", login=one.login)["display_name"] == "Ada"
    assert one.call("sessions.list", login=one.login)["items"]
    one.tokens = one.call("auth.refresh", refresh_token=one.tokens["refresh_token"])
    with Client(other.url, timeout=60) as client:
        client.call("auth.login", login=other.login, password=other.password)


def ratings(one: Resident, other: Resident):
    return one.call("accounts.get", login=other.login)["ratings"]
