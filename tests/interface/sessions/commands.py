"""Options and commands that the tests of the session service use."""

DEFAULTS = {"clock": None, "rated": True}
RESIGN = {"type": "resign"}


def move(text):
    """Return the command that makes a move."""
    return {"type": "move", "move": text}


def legal_for(login, heard):
    """Return the legal moves of a player, which are beside the params."""
    return heard.body["legal"].get(login, [])
