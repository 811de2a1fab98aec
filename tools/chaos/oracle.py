"""Finds what is wrong with the games of a run. Pure functions of what was recorded."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from arbiter_games.contract import Game
from client import JsonObject
from tools.chaos.history import (
    ENDED,
    MOVED,
    OFFERED,
    TAKEBACK_OFFERED,
    TAKEN_BACK,
    brief,
    has_command,
    is_caused_by,
    public_part,
    replay,
)
from tools.chaos.records import EventStream, GameRecord

LOST, DOUBLED, GAP, REPLAY, DIFFERENT = "lost", "doubled", "gap", "replay", "different"
UNEXPLAINED, MISCOUNTED = "unexplained end", "miscounted"
# How a session may end while all its players play on.
EXPLAINED_REASONS = {
    "lion_caught", "try", "repetition", "no_moves", "move_limit", "resignation", "agreement"
}


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: its kind, the session or player, and the time if it is known."""

    kind: str
    about: str
    text: str
    at: float | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}: {self.text}"


def examine(game: GameRecord, rules: Game) -> list[Finding]:
    """Return everything that is wrong with one session."""
    return [
        *lost_commands(game), *doubled_commands(game), *version_gaps(game),
        *replay_differences(game, rules), *stream_differences(game), *unexplained_ends(game),
    ]


def lost_commands(game: GameRecord) -> Iterator[Finding]:
    """Yield acknowledged commands that the history does not have under their version."""
    history = {event["version"]: event for event in game.history}
    for sent in game.sent:
        for version in sent.versions:
            event = history.get(version)
            if event is None or not is_caused_by(event, sent):
                yield Finding(
                    LOST, game.session_id,
                    f"{sent.login}'s {sent.command} was acknowledged as version {version},"
                    f" where there is {brief(event)}", sent.acknowledged_at,
                )


def doubled_commands(game: GameRecord) -> Iterator[Finding]:
    """Yield commands that were answered differently, share a version, or were never sent."""
    taken: Counter[int] = Counter()
    for sent in game.sent:
        taken.update(set(sent.versions))
        if len(set(sent.versions)) > 1:
            yield Finding(
                DOUBLED, game.session_id, f"{sent.login}'s {sent.command} was acknowledged as the"
                f" versions {sent.versions}", sent.acknowledged_at,
            )
    unanswered = [sent for sent in game.sent if not sent.versions and sent.refused is None]
    for event in game.history:
        if not has_command(event):
            continue
        if taken[event["version"]] > 1 and event["type"] not in (OFFERED, TAKEBACK_OFFERED):
            yield Finding(DOUBLED, game.session_id, f"two commands were answered {brief(event)}")
        elif not taken[event["version"]]:
            sender = next((sent for sent in unanswered if is_caused_by(event, sent)), None)
            if sender is None:
                yield Finding(DOUBLED, game.session_id, f"no player sent {brief(event)}")
            else:
                unanswered.remove(sender)


def version_gaps(game: GameRecord) -> Iterator[Finding]:
    """Yield a finding if versions are missing in the history, or are there twice."""
    versions = [event["version"] for event in game.history]
    if versions != list(range(1, game.session["version"] + 1)):
        yield Finding(
            GAP, game.session_id,
            f"the session is at version {game.session['version']}, its history has {versions}",
        )


def replay_differences(game: GameRecord, rules: Game) -> Iterator[Finding]:
    """Yield where the rules, applied to the moves of the history, lead to another state."""
    try:
        states = replay(game, rules)
    except ValueError as error:
        yield Finding(REPLAY, game.session_id, str(error))
        return
    for event in game.history:
        if event["type"] in (MOVED, TAKEN_BACK):
            shown, state = event["state"], states[event["version"]]
            if shown != rules.view(state, None):
                yield Finding(REPLAY, game.session_id, f"another state at {brief(event)}")
    last = states[max(states)]
    outcome = rules.outcome(last)
    show = rules.view(last, None) if game.result is None else rules.reveal(last)
    if game.session["state"] != show:
        yield Finding(REPLAY, game.session_id, "another state is shown at the end")
    ended = [event["result"] for event in game.history if event["type"] == ENDED]
    if ended != ([] if game.result is None else [game.result]):
        yield Finding(REPLAY, game.session_id, f"it ended with {ended}, and shows {game.result}")
    if outcome is not None:
        winner = None if outcome.winner is None else game.session["players"][outcome.winner]
        result = game.result or {}
        if (result.get("reason"), result.get("winner")) != (outcome.reason, winner):
            yield Finding(REPLAY, game.session_id, f"{outcome} by the rules, and {result} shown")


def stream_differences(game: GameRecord) -> Iterator[Finding]:
    """Yield where a connection received something else than the history, or missed an event."""
    history = {event["version"]: event for event in game.history}
    for stream in game.streams:
        for text in differences_of_stream(stream, history):
            yield Finding(DIFFERENT, game.session_id, f"{stream.login} {text}")
    for login in {stream.login for stream in game.streams}:
        last = [stream for stream in game.streams if stream.login == login][-1]
        if last.version != game.session["version"]:
            yield Finding(
                DIFFERENT, game.session_id,
                f"{login} has seen version {last.version} of {game.session['version']}",
            )


def differences_of_stream(
    stream: EventStream, history: dict[int, JsonObject]
) -> Iterator[str]:
    """Yield where a connection did not receive the history in order, each version once."""
    begin = stream.snapshot["version"]
    missed = [(event["version"], event["type"], event) for event in stream.missed]
    told = [(params["version"], name, params) for name, params in stream.events]
    if stream.since is not None:
        expected = list(range(stream.since + 1, begin + 1))
        if [version for version, _, _ in missed] != expected:
            yield f"asked for the events after {stream.since}, and got {len(missed)}"
    versions = [version for version, _, _ in told]
    if versions != list(range(begin + 1, begin + 1 + len(told))):
        yield f"received versions {versions} after a snapshot at {begin}"
    for version, name, params in (*missed, *told):
        stored = history.get(version, {})
        if public_part(name, params) != public_part(stored.get("type"), stored):
            yield f"received another {name} at version {version}"
    at_snapshot = [e for v, e in history.items() if v <= begin and "state" in e]
    if at_snapshot and at_snapshot[-1]["state"] != stream.snapshot["state"]:
        yield f"was shown another state at version {begin}"


def unexplained_ends(game: GameRecord) -> Iterator[Finding]:
    """Yield a finding if the session ended though its players played on."""
    if game.result is not None and game.result["reason"] not in EXPLAINED_REASONS:
        last = game.history[-1] if game.history else {}
        yield Finding(
            UNEXPLAINED, game.session_id,
            f"{game.result['reason']} between {game.session['players']} at {last.get('at')}",
        )


def expected_ratings(games: Iterable[GameRecord]) -> dict[str, dict[str, int]]:
    """Return what must be counted of each player: games, wins, draws, losses."""
    counts: dict[str, Counter[str]] = {}
    for game in games:
        if game.result and game.result["by_player"] and game.session["options"]["rated"]:
            for login, score in game.result["by_player"].items():
                word = {1: "wins", 0.5: "draws", 0: "losses"}[score]
                counts.setdefault(login, Counter()).update(("games", word))
    return {
        login: {word: count[word] for word in ("games", "wins", "draws", "losses")}
        for login, count in counts.items()
    }


def wrong_ratings(
    expected: dict[str, dict[str, int]], shown: dict[str, dict[str, int]]
) -> Iterator[Finding]:
    """Yield players whose results are not each counted once."""
    for login, counts in expected.items():
        if shown.get(login) != counts:
            yield Finding(MISCOUNTED, login, f"has played {counts}, counted are {shown.get(login)}")
