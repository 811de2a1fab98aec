"""Decides from what was observed whether anything is wrong after a death; no I/O.

Each function returns what is wrong, in sentences: none where all is well.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]
OUTCOMES = {1: "wins", 0.5: "draws", 0: "losses"}


@dataclass(frozen=True)
class Command:
    """A command that a player has sent, once or again and again, and all that it was answered.

    An answer is the whole one: `{"result": ...}` or `{"error": ...}`.
    """

    login: str
    command: Mapping[str, Any]
    command_id: str
    answers: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def versions(self) -> list[int]:
        """The versions by which it was answered."""
        return [answer["result"]["version"] for answer in self.answers if "result" in answer]


@dataclass(frozen=True)
class View:
    """What a player was shown of a session: the events told after the version `since`, and the
    history as the player reads it now. An event is `{version, at, type, ...}` in both."""

    login: str
    since: int
    told: Sequence[Event]
    history: Sequence[Event]


def faults_of_session(commands: Sequence[Command], views: Sequence[View]) -> list[str]:
    """What is wrong with a session, given all commands that were sent in it.

    A command that was answered is in the history once, one that was not at most once, and nothing
    else is. Everybody was told what is in the history, each event once and in order.
    """
    return [
        *(fault for view in views for fault in _faults_of_view(view)),
        *_faults_between(views),
        *(fault for command in commands for fault in _faults_of_answers(command, views[0].history)),
        *_faults_of_effects(commands, views[0].history),
    ]


def faults_of_meeting(
    sessions: Mapping[str, list[str]], told: Mapping[str, Mapping[str, list[str]]]
) -> list[str]:
    """What is wrong with a meeting of players who have met nobody else.

    `sessions` are the ids of each player's sessions, `told` the ids that each was told of, by
    event. They have one session, the same, and each was told of it once by each of the events.
    """
    first, *others = sessions.values()
    if len(first) != 1 or any(ids != first for ids in others):
        return [f"they have not just one session, and that in common: {dict(sessions)}"]
    return [
        f"{login} was told of {ids} by {event}, and there is {first}"
        for login, events in told.items() for event, ids in events.items() if ids != first
    ]


def faults_of_ratings(
    results: Sequence[Mapping[str, float]], ratings: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """What is wrong with the ratings of players, given the results of all rated games of theirs.

    A result is the points by player; a rating has `games`, `wins`, `draws` and `losses`.
    """
    faults = []
    for login, rating in ratings.items():
        played = [result[login] for result in results if login in result]
        expected = {
            "games": len(played),
            **{name: played.count(points) for points, name in OUTCOMES.items()},
        }
        counted = {name: rating[name] for name in expected}
        if counted != expected:
            faults.append(f"{login} has {counted} where {expected} were played")
    return faults


def _faults_of_view(view: View) -> Iterator[str]:
    stored = {event["version"]: event for event in view.history}
    if list(stored) != list(range(1, len(view.history) + 1)):
        yield f"{view.login} reads a history of the versions {list(stored)}"
    versions = [event["version"] for event in view.told]
    if versions != sorted(versions):
        yield f"{view.login} was told of {versions} in this order"
    for version, times in Counter(versions).items():
        if times > 1:
            yield f"{view.login} was told {times} times of {version}"
    for version in stored:
        if version > view.since and version not in versions:
            yield f"{view.login} was not told of {version}"
    for event in view.told:
        if event["version"] not in stored:
            yield f"{view.login} was told of {event['version']}, which is not stored"
        elif event != stored[event["version"]]:
            yield f"{view.login} was told {event}, and stored is {stored[event['version']]}"


def _faults_between(views: Sequence[View]) -> Iterator[str]:
    first, *others = views
    for view in others:
        if [_outline(event) for event in view.history] != [_outline(e) for e in first.history]:
            yield f"{view.login} reads another history than {first.login}"


def _outline(event: Event) -> tuple[Any, ...]:
    return event["version"], event["type"], event["at"]


def _faults_of_answers(command: Command, history: Sequence[Event]) -> Iterator[str]:
    for answer in command.answers:
        if "error" in answer and answer["error"]["data"]["type"] != "Unavailable":
            yield f"{command.command_id} was refused: {answer['error']['message']}"
    if len(set(command.versions)) > 1:
        yield f"{command.command_id} was answered by the versions {command.versions}"
    for version in set(command.versions):
        if _effect(command) not in [_cause(each) for each in history if each["version"] == version]:
            yield f"{command.command_id} was answered by {version}, which is not its event"


def _faults_of_effects(commands: Sequence[Command], history: Sequence[Event]) -> Iterator[str]:
    happened = Counter(cause for event in history if (cause := _cause(event)))
    sent = Counter(_effect(command) for command in commands)
    answered = Counter(_effect(command) for command in commands if command.versions)
    for cause in happened | sent:
        if not answered[cause] <= happened[cause] <= sent[cause]:
            yield (
                f"{cause} is in the history {happened[cause]} times, was sent by {sent[cause]} "
                f"commands, and {answered[cause]} were answered"
            )


def _effect(command: Command) -> tuple[Any, ...]:
    return command.login, command.command["type"], command.command.get("move")


def _cause(event: Event) -> tuple[Any, ...] | None:
    """By whom and by which command an event came, if it came by one."""
    if event["type"] == "session.state_changed":
        given = event["command"]
        return given["login"], given["type"], given["move"]
    if event["type"] == "session.ended" and event["result"]["reason"] == "resignation":
        [loser] = [login for login, score in event["result"]["by_player"].items() if score == 0]
        return loser, "resign", None
    return None
