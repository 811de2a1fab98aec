"""Functions by which two players meet and play."""

import random

RESIGN = {"type": "resign"}


def by_search(one, other):
    """Meet by searching: the session's id."""
    assert one.call("searcher.start") == {"status": "searching"}
    found = other.call("searcher.start")
    assert (found["status"], found["opponent"]) == ("found", one.login)
    return found["session_id"]


def by_room(owner, joiner, **options):
    """Meet in a public room, of which one is the owner: the session's id."""
    room = owner.call("rooms.create", options=options)
    return joiner.call("rooms.join", room_id=room["room_id"])["session_id"]


def by_key(owner, joiner):
    """Meet in a private room, by its key: the session's id."""
    room = owner.call("private_rooms.create")
    key = room["connection_key"]
    return joiner.call("private_rooms.join", connection_key=key)["session_id"]


def begin(one, other, **options):
    """A session of these two, both connected to it; the first of them is to move.

    What was told of it until then has been passed over.
    """
    session_id = by_room(one, other, **options)
    for player in (one, other):
        player.connect(session_id)
    one.wait_for("session.player_connected", lambda params: params["login"] == other.login)
    for player in (one, other):
        player.forget()
    return session_id


def both_move(one, other, session_id):
    """Let each side make its first move, and both see them."""
    for player, move in ((one, "b2b3"), (other, "b4b3")):
        version = player.move(session_id, move)
        for each in (one, other):
            wait_for_version(each, session_id, version)
    return version


def wait_for_version(player, session_id, version):
    """The event of the move that has this version."""
    return player.wait_for(
        "session.state_changed",
        lambda params: (params["session_id"], params["version"]) == (session_id, version),
    )


def play_out(players, session_id, seed=1):
    """Play legal moves, drawn by lot from what each is shown, to the end: all events by player.

    The players are connected, and nothing has been moved yet.
    """
    rng = random.Random(seed)
    seen = {player.login: [] for player in players}
    shown = {player.login: player.call("sessions.get", session_id=session_id) for player in players}
    version = shown[players[0].login]["version"]
    while True:
        [mover] = [player for player in players if shown[player.login]["legal"]]
        move = rng.choice(shown[mover.login]["legal"])
        version = mover.move(session_id, move, version=version)
        for player in players:
            shown[player.login] = next_of(player, "session.state_changed", session_id, seen)
            assert shown[player.login]["version"] == version
            assert shown[player.login]["command"] == {
                "login": mover.login, "type": "move", "move": move
            }
        if not shown[mover.login]["to_move"]:
            break
    for player in players:
        next_of(player, "session.ended", session_id, seen)
    return seen


def next_of(player, event, session_id, seen):
    """The next event of a session, which must be this one; all are added to those `seen`."""
    while True:
        received = player.next_event()
        params = dict(received["params"])
        if params.pop("session_id", None) != session_id or "version" not in params:
            continue
        seen[player.login].append({"type": received["method"], **params})
        if received["method"] != "session.player_connected":
            assert received["method"] == event
            return params
