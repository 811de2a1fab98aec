"""The laws of a whole game: what it declares, how it ends, and that it can be played again.

Each function raises BrokenLaw where its law does not hold.
"""

import inspect
import json
from dataclasses import replace
from itertools import zip_longest
from random import Random
from typing import Any

from arbiter_games import results
from arbiter_games.contract import Game, Outcome, Record
from arbiter_games.options import CommonOptions, with_defaults
from arbiter_games.testing.broken_law import BrokenLaw, brief, require
from arbiter_games.testing.json_values import difference
from arbiter_games.testing.playthrough import Playthrough, after
from arbiter_games.testing.view_laws import require_turn_and_ply

SAME = "the same seed gives the same game"
APART = "games side by side do not touch each other"
SMALL = "what a move stores stays small"

FORMATS = ("text", "pgn")
SHORT_MOVES = 2
MAX_EVENT_CHARS, MAX_GROWTH = 16_384, 4


def require_declaration(game: Game) -> None:
    """Require a name, a title, a number of players, and options of other names than the common."""
    law = "a game says what it is"
    for attribute in ("name", "title"):
        value = getattr(game, attribute, None)
        require(isinstance(value, str) and value, law, f"its {attribute} is {value!r}")
    low, high = game.min_players, game.max_players
    require(1 <= low <= high, law, f"it is for {low} to {high} players")
    _require_chance_taken(game, law)
    taken = sorted(set(game.Options.model_fields) & set(CommonOptions.model_fields))
    require(not taken, law, f"its Options have a name of the common options: {', '.join(taken)}")


def _require_chance_taken(game: Game, law: str) -> None:
    """Require that `apply` takes a source of chance if the game declares it, and else none."""
    given = (None,) * (4 if game.chance else 3)
    try:
        inspect.signature(game.apply).bind(*given)
    except TypeError as error:
        raise BrokenLaw(
            law, f"its chance is {game.chance}, and apply does not take {len(given)}: {error}"
        ) from None


def completed_options(game: Game, options: dict[str, Any]) -> dict[str, Any]:
    """Return what `setup` is given where a player asks for these options of the game alone."""
    try:
        return with_defaults(game.Options, options)
    except ValueError as error:
        raise BrokenLaw("every option has a default", f"{error}") from None


def require_same_setup(playthrough: Playthrough) -> None:
    """Require that the same seed leads to the same first state."""
    rng = Random(playthrough.seed)
    state = playthrough.game.setup(playthrough.players, playthrough.options, rng)
    same = state == playthrough.setup
    require(same, SAME, f"setup gave {difference(playthrough.setup, state)}")


def require_reproducible(playthrough: Playthrough) -> None:
    """Require that the same seed and moves lead to the same states."""
    require_same_setup(playthrough)
    state = playthrough.setup
    for seat, move in playthrough.moves:
        state = after(playthrough.game, state, seat, move)
    require(
        state == playthrough.state, SAME,
        f"the same moves led to another state: {difference(playthrough.state, state)}",
    )


def require_reveal(playthrough: Playthrough) -> None:
    """Require that everybody may see the last position, however the game ended."""
    law = "reveal shows a position, with turn and ply"
    shown = playthrough.game.reveal(playthrough.state)
    require(isinstance(shown, dict) and {"turn", "ply"} <= set(shown), law, f"it is {brief(shown)}")
    require_turn_and_ply(playthrough, shown, playthrough.to_move, "reveal(state)")


def require_export(playthrough: Playthrough, outcome: Outcome) -> None:
    """Require that the game can be exported, and always to the same text."""
    law = "export returns a format and a text"
    record = _record(playthrough, outcome)
    exported, again = playthrough.game.export(record), playthrough.game.export(record)
    require(
        isinstance(exported, tuple) and len(exported) == 2, law, f"it returned {brief(exported)}"
    )
    form, text = exported
    require(form in FORMATS, law, f"the format is {form!r}, which is none of {FORMATS}")
    require(isinstance(text, str) and text, law, f"the text is {text!r}")
    require(again == exported, law, "a second call returned something else")


def require_short_exports(playthrough: Playthrough) -> None:
    """Require that games are exported that players have ended after no move, one and two."""
    for number in range(min(SHORT_MOVES, len(playthrough.moves)) + 1):
        record = _record(playthrough, Outcome(0, "resignation"))
        record = replace(record, moves=playthrough.moves[:number])
        record = replace(record, versions=record.versions[:number], clocks=[60.0] * number)
        if number == 0:
            result: dict[str, Any] = {"winner": None, "reason": "aborted", "by_player": {}}
            record = replace(record, result=result)
        elif playthrough.players > 2:
            record = replace(record, left=[(playthrough.players - 1, number)])
        form, text = playthrough.game.export(record)
        require(
            form in FORMATS and isinstance(text, str) and text,
            "export returns a format and a text", f"of {number} moves it is {form!r}, {text!r}",
        )


def require_apart(one: Playthrough, other: Playthrough) -> None:
    """Require that two games that are played again, side by side, are as each was by itself."""
    states = [one.setup, other.setup]
    for turn in zip_longest(one.moves, other.moves):
        for number, (played, step) in enumerate(zip((one, other), turn, strict=True)):
            if step is not None:
                states[number] = after(played.game, states[number], *step)
    for played, state in zip((one, other), states, strict=True):
        if state != played.state:
            require_reproducible(played)
            where = difference(played.state, state)
            raise BrokenLaw(APART, f"another game between its moves led to {where}")


def require_small_events(playthrough: Playthrough) -> None:
    """Require that what is stored with each move does not grow with the game."""
    kept = [
        len(json.dumps(playthrough.game.for_history(state)))
        for state in (playthrough.setup, playthrough.state)
    ]
    require(
        kept[1] < MAX_EVENT_CHARS or kept[1] < MAX_GROWTH * kept[0], SMALL,
        f"for_history leaves {kept[0]} characters of the first state, and {kept[1]} of the last",
    )


def _record(playthrough: Playthrough, outcome: Outcome) -> Record:
    names = [f"player{seat}" for seat in playthrough.seats]
    drawn = playthrough.game.chance_seed
    versions = () if drawn is None else range(len(playthrough.moves))
    return Record(
        title="The game", site="here", date="2026-01-31", players=names,
        options=playthrough.options, setup=playthrough.setup, moves=playthrough.moves,
        result=dict(results.of_outcome(names, outcome)),
        seed=None if drawn is None else str(drawn), versions=versions,
    )
