"""Whether all is well after all: pure functions from what was observed to what is wrong with it."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from arbiter_games.contract import Game as Rules
from tools.chaos.observed import Game, Sent, Stream

LOST, DOUBLED, GAP, REPLAY, DIFFERENT = "lost", "doubled", "gap", "replay", "different"
UNEXPLAINED, MISCOUNTED = "unexplained end", "miscounted"
ENDED, MOVED = "session.ended", "session.state_changed"
OFFERED, DECLINED = "session.draw_offered", "session.draw_declined"
# How a session may end whose players do nothing but play on.
EXPLAINED = {"lion_caught", "try", "repetition", "no_moves", "resignation", "agreement"}


@dataclass(frozen=True)
class Finding:
    """Something that must not be: of which kind, in which session, and since when if known."""

    kind: str
    about: str
    text: str
    at: float | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}: {self.text}"


def examine(game: Game, rules: Rules) -> list[Finding]:
    """Return all that is wrong with one session."""
    return [
        *lost(game), *doubled(game), *gaps(game), *replayed(game, rules),
        *seen(game), *ends(game),
    ]


def lost(game: Game) -> Iterator[Finding]:
    """Acknowledged commands that the history has not, or not as they were acknowledged."""
    history = {event["version"]: event for event in game.history}
    for sent in game.sent:
        for version in sent.versions:
            event = history.get(version)
            if event is None or not is_of(event, sent):
                yield Finding(
                    LOST, game.session_id,
                    f"{sent.login}'s {sent.command} was acknowledged as version {version},"
                    f" where there is {brief(event)}", sent.acknowledged_at,
                )


def doubled(game: Game) -> Iterator[Finding]:
    """Commands that were answered differently, share a version, or are in the history unsent."""
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
        if not is_of_a_command(event):
            continue
        if taken[event["version"]] > 1 and event["type"] != OFFERED:
            yield Finding(DOUBLED, game.session_id, f"two commands were answered {brief(event)}")
        elif not taken[event["version"]]:
            sender = next((sent for sent in unanswered if is_of(event, sent)), None)
            if sender is None:
                yield Finding(DOUBLED, game.session_id, f"nobody was told of {brief(event)}")
            else:
                unanswered.remove(sender)


def gaps(game: Game) -> Iterator[Finding]:
    """Versions that are missing, or there twice."""
    versions = [event["version"] for event in game.history]
    if versions != list(range(1, game.session["version"] + 1)):
        yield Finding(
            GAP, game.session_id,
            f"the session is at version {game.session['version']}, its history has {versions}",
        )


def replayed(game: Game, rules: Rules) -> Iterator[Finding]:
    """Where the rules, applied to the moves of the history, come to something else than shown."""
    try:
        states = replay(game, rules)
    except ValueError as error:
        yield Finding(REPLAY, game.session_id, str(error))
        return
    for event in game.history:
        if event["type"] == MOVED:
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


def replay(game: Game, rules: Rules) -> dict[int, Any]:
    """Return the state from each version on, by the rules; raises ValueError for what they forbid.

    Only for games in which no chance takes part.
    """
    players = game.session["players"]
    states = {0: rules.setup(len(players), game.session["options"], random.Random(0))}
    for event in game.history:
        state = states[max(states)]
        if event["type"] == MOVED:
            command = event["command"]
            state = rules.apply(state, players.index(command["login"]), command["move"])
        states[event["version"]] = state
    return states


def seen(game: Game) -> Iterator[Finding]:
    """Where a connection was told something else than the history, or left something out."""
    history = {event["version"]: event for event in game.history}
    for stream in game.streams:
        for text in differences(stream, history):
            yield Finding(DIFFERENT, game.session_id, f"{stream.login} {text}")
    for login in {stream.login for stream in game.streams}:
        last = [stream for stream in game.streams if stream.login == login][-1]
        if last.version != game.session["version"]:
            yield Finding(
                DIFFERENT, game.session_id,
                f"{login} has seen version {last.version} of {game.session['version']}",
            )


def differences(stream: Stream, history: dict[int, dict[str, Any]]) -> Iterator[str]:
    """What one connection was told that is not the history, in order, each version once."""
    begin = stream.snapshot["version"]
    missed = [(event["version"], event["type"], event) for event in stream.missed]
    told = [(params["version"], name, params) for name, params in stream.events]
    if stream.since is not None:
        expected = list(range(stream.since + 1, begin + 1))
        if [version for version, _, _ in missed] != expected:
            yield f"had asked for what came after {stream.since}, and got {len(missed)} events"
    versions = [version for version, _, _ in told]
    if versions != list(range(begin + 1, begin + 1 + len(told))):
        yield f"was told versions {versions} after a snapshot at {begin}"
    for version, name, params in (*missed, *told):
        if plain(name, params) != plain(history.get(version, {}).get("type"), history.get(version)):
            yield f"was told of another {name} at version {version}"
    at_snapshot = [e for v, e in history.items() if v <= begin and e["type"] == MOVED]
    if at_snapshot and at_snapshot[-1]["state"] != stream.snapshot["state"]:
        yield f"was shown another state at version {begin}"


def ends(game: Game) -> Iterator[Finding]:
    """Sessions that were ended against players who played on."""
    if game.result is not None and game.result["reason"] not in EXPLAINED:
        last = game.history[-1] if game.history else {}
        yield Finding(
            UNEXPLAINED, game.session_id,
            f"{game.result['reason']} between {game.session['players']} at {last.get('at')}",
        )


def rated(games: Iterable[Game]) -> dict[str, dict[str, int]]:
    """Return what the ratings of each player must have counted: games, wins, draws, losses."""
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


def miscounted(
    expected: dict[str, dict[str, int]], shown: dict[str, dict[str, int]]
) -> Iterator[Finding]:
    """Players whose results are not all counted, or some of them twice."""
    for login, counts in expected.items():
        if shown.get(login) != counts:
            yield Finding(MISCOUNTED, login, f"has played {counts}, counted are {shown.get(login)}")


def is_of_a_command(event: dict[str, Any]) -> bool:
    """Return whether it was a player's command that made this event, and by itself."""
    if event["type"] == ENDED:
        return event["result"]["reason"] in ("resignation", "agreement")
    return event["type"] in (MOVED, OFFERED, DECLINED)


def is_of(event: dict[str, Any], sent: Sent) -> bool:
    """Return whether this event is what the command asked for."""
    if event["type"] == MOVED:
        return event["command"] == {"login": sent.login, **sent.command}
    if event["type"] == ENDED and sent.type == "resign":
        result = event["result"]
        return result["reason"] == "resignation" and result["by_player"][sent.login] == 0
    if event["type"] == ENDED:
        agreed = event["result"]["reason"] == "agreement"
        return agreed and sent.type in ("offer_draw", "accept_draw")
    wanted = {OFFERED: "offer_draw", DECLINED: "decline_draw"}.get(event["type"])
    return event.get("login") == sent.login and sent.type == wanted


def plain(name: str | None, params: dict[str, Any] | None) -> tuple[Any, ...]:
    """Return what an event tells everybody, whether it came from the history or by itself."""
    own = ("legal", "session_id", "type")
    return name, {key: value for key, value in (params or {}).items() if key not in own}


def brief(event: dict[str, Any] | None) -> str:
    """Return an event in a few words."""
    if event is None:
        return "nothing"
    what = event.get("command") or event.get("result") or event.get("login") or ""
    return f"version {event['version']}, {event['type']} {what}".strip()
