"""The laws of every position, each a function that raises BrokenLaw where it does not hold."""

from collections.abc import Iterable
from random import Random
from typing import Any

from arbiter_games.contract import Game, Outcome, Record
from arbiter_games.testing.failure import BrokenLaw, brief
from arbiter_games.testing.line import Line, after
from arbiter_games.testing.values import HOSTILE, difference, near, text_of
from sessions.options import Options as ArenaOptions

TRIED = 6
FORMATS = ("text", "pgn")
ARENA_REASONS = ("resignation", "agreement", "timeout", "abandonment", "aborted")
Legal = dict[int, list[Any]]


def require(holds: Any, law: str, evidence: str) -> None:
    if not holds:
        raise BrokenLaw(law, evidence)


def says_what_it_is(game: Game) -> None:
    """It has a name, a title, a number of players, and options that leave the arena's alone."""
    law = "a game says what it is"
    for attribute in ("name", "title"):
        value = getattr(game, attribute, None)
        require(isinstance(value, str) and value, law, f"its {attribute} is {value!r}")
    low, high = game.min_players, game.max_players
    require(1 <= low <= high, law, f"it is for {low} to {high} players")
    taken = sorted(set(game.Options.model_fields) & set(ArenaOptions.model_fields))
    require(not taken, law, f"its Options take a name of the arena's own: {', '.join(taken)}")


def complete(game: Game, options: dict[str, Any]) -> dict[str, Any]:
    """Return all that `setup` is given, where a player asks for no more than these options."""
    try:
        own = game.Options(**options).model_dump(mode="json")
    except ValueError as error:
        raise BrokenLaw("every option has a default", f"{error}") from None
    return {**ArenaOptions().model_dump(mode="json"), **own}


def the_same_seed_gives_the_same_game(line: Line) -> None:
    """What has been played can be played again, to the same end."""
    law = "the same seed gives the same game"
    again = line.game.setup(line.players, line.options, Random(line.seed))
    require(again == line.begun, law, f"setup gave {difference(line.begun, again)}")
    for seat, move in line.moves:
        again = after(line.game, again, seat, move)
    require(
        again == line.state, law,
        f"the same moves led to another state: {difference(line.state, again)}",
    )


def somebody_can_move_until_the_end(line: Line) -> list[int]:
    """Return who is to move: somebody until there is an outcome, then nobody."""
    to_move, outcome = line.to_move, line.outcome
    law = "to_move names seats, each once"
    require(
        isinstance(to_move, list) and set(to_move) <= set(line.seats)
        and len(set(to_move)) == len(to_move),
        law, f"to_move returned {brief(to_move)}, for {line.players} players",
    )
    if outcome is None:
        law = "somebody can always move until there is an outcome"
        require(to_move, law, "outcome is None, and to_move is empty")
    else:
        law = "nobody moves once there is an outcome"
        require(not to_move, law, f"outcome is {outcome}, and to_move is {to_move}")
    return to_move


def legal_moves_are_listed(line: Line, to_move: list[int]) -> Legal:
    """Return the moves of each who is to move: some, each once; the others have none."""
    legal = {seat: line.game.legal_moves(line.state, seat) for seat in to_move}
    for seat, moves in legal.items():
        law = "somebody can always move until there is an outcome"
        require(moves, law, f"to_move names seat {seat}, which has no legal move")
        require(None not in moves, "no move is null", f"seat {seat} has {brief(moves)}")
        law = "legal_moves lists each move once, always in one order"
        texts = [text_of(move) for move in moves]
        require(len(set(texts)) == len(texts), law, f"seat {seat} has {brief(moves)}")
        again = line.game.legal_moves(line.state, seat)
        require(again == moves, law, f"asked again: {difference(moves, again)}")
    for seat in others(line, to_move):
        moves = line.game.legal_moves(line.state, seat)
        require(
            moves == [], "who is not to move has no legal moves",
            f"seat {seat} is not in to_move {to_move}, and has {brief(moves)}",
        )
    return legal


def others(line: Line, to_move: list[int]) -> list[int]:
    """Return the seats that may not move, two that nobody has among them."""
    return sorted({-1, *line.seats, line.players} - {*to_move})


def legal_moves_are_accepted(line: Line, legal: Legal, rng: Random) -> None:
    """A legal move makes a new state, and always the same one."""
    tried = some([(seat, each) for seat in legal for each in legal[seat]], rng)
    for seat, move in tried:
        made = after(line.game, line.state, seat, move)
        law = "a move changes the state"
        require(made != line.state, law, f"{brief(move)} of seat {seat} left it as it was")
    if tried:
        law = "the same seed gives the same game"
        again = after(line.game, line.state, *tried[-1])
        require(made == again, law, f"{brief(tried[-1][1])} made {difference(made, again)}")


def what_is_not_legal_is_refused(
    line: Line, legal: Legal, foreign: Iterable[Any], rng: Random
) -> None:
    """Whatever else is sent, by whomever, is refused with IllegalMove and a sentence."""
    everybodys = [move for moves in legal.values() for move in moves]
    almost = [value for move in some(everybodys, rng) for value in near(move)]
    tried = [*some(HOSTILE, rng), *some(almost, rng, 12), *some(everybodys, rng), *foreign]
    for seat in (*legal, *others(line, [*legal])):
        allowed = {text_of(move) for move in legal.get(seat, [])}
        for move in tried:
            if text_of(move) not in allowed:
                _require_refused(line, seat, move)


def every_hostile_value_is_refused(line: Line, legal: Legal, rng: Random) -> None:
    """All that a hostile client would send is refused, what is almost a move included."""
    moves = [move for moves in legal.values() for move in moves]
    played = [move for _, move in line.moves[-1:]]
    almost = [value for move in (*some(moves, rng), *played) for value in near(move)]
    for seat in (*legal, *others(line, [*legal])):
        allowed = {text_of(move) for move in legal.get(seat, [])}
        for value in (*HOSTILE, *almost):
            if text_of(value) not in allowed:
                _require_refused(line, seat, value)


def _require_refused(line: Line, seat: int, move: Any) -> None:
    require(
        line.game.refusal(line.state, seat, move) is not None,
        "what is not legal is refused with IllegalMove",
        f"apply accepted {brief(move)} of seat {seat}, which legal_moves does not list",
    )


def views_have_turn_and_ply(line: Line, to_move: list[int]) -> None:
    """Whoever looks sees whose turn it is and how many moves were made."""
    law = "a view has turn and ply"
    for viewer in line.viewers:
        view = line.game.view(line.state, viewer)
        require(isinstance(view, dict) and {"turn", "ply"} <= set(view), law,
                f"view(state, {viewer}) is {brief(view)}")
        _require_turn_and_ply(line, view, to_move, f"view(state, {viewer})")


def _require_turn_and_ply(line: Line, view: Any, to_move: list[int], what: str) -> None:
    law, turn, ply = "a view has turn and ply", view["turn"], view["ply"]
    require(ply == len(line.moves), law, f"{what} has ply {ply} after {len(line.moves)} moves")
    require(turn is None or turn in line.seats, law, f"{what} has turn {brief(turn)}")
    if to_move and turn is not None:
        require(to_move == [turn], law, f"{what} has turn {turn}, and to_move is {to_move}")


def without_secrets_all_see_the_same(line: Line) -> None:
    """A game that hides something from somebody says so."""
    if line.game.secrets:
        return
    law = "a game that hides anything has secrets = True"
    seen = line.game.view(line.state, None)
    for seat in line.seats:
        view = line.game.view(line.state, seat)
        require(view == seen, law, f"a spectator and seat {seat} see {difference(seen, view)}")


def players_know_their_own_moves(line: Line, seat: int, move: Any, state: Any) -> None:
    """A move is shown to who made it, and where there are no secrets, to everybody."""
    for viewer in line.viewers if not line.game.secrets else (seat,):
        shown = line.game.shown_move(move, seat, viewer, state)
        require(
            shown == move, "a move that is no secret is shown as it is",
            f"{brief(move)} of seat {seat} is shown to {viewer} as {brief(shown)}",
        )


def history_shows_the_same(line: Line) -> None:
    """What is asked of the state that an event keeps is answered as of the whole state."""
    kept = line.game.for_history(line.state)
    asked = {
        "to_move": line.game.to_move,
        "outcome": line.game.outcome,
        "reveal": line.game.reveal,
        "view": lambda state: [line.game.view(state, viewer) for viewer in line.viewers],
        "legal_moves": lambda state: [line.game.legal_moves(state, seat) for seat in line.seats],
    }
    if line.moves:
        seat, move = line.moves[-1]
        asked["shown_move"] = lambda state: [
            line.game.shown_move(move, seat, viewer, state) for viewer in line.viewers
        ]
    for what, ask in asked.items():
        whole, told = ask(line.state), ask(kept)
        require(
            told == whole, "history shows what was there",
            f"{what}, asked about what for_history keeps: {difference(whole, told)}",
        )


def claims_are_reasons(line: Line, to_move: list[int]) -> None:
    """What may be claimed are words, for who is to move."""
    law = "claims are reasons, for who is to move"
    for seat in line.seats:
        claims = line.game.claims(line.state, seat)
        words = isinstance(claims, list) and all(isinstance(each, str) and each for each in claims)
        require(words, law, f"claims(state, {seat}) is {brief(claims)}")
        require(
            not claims or seat in to_move, law,
            f"seat {seat} is not in to_move {to_move}, and may claim {brief(claims)}",
        )


def who_can_win(line: Line) -> set[int]:
    """Return the seats that can still win."""
    answers = {seat: line.game.can_win(line.state, seat) for seat in line.seats}
    for seat, answer in answers.items():
        law = "can_win answers with true or false"
        require(isinstance(answer, bool), law, f"can_win(state, {seat}) is {answer!r}")
    return {seat for seat, answer in answers.items() if answer}


def the_outcome_is_told(line: Line, outcome: Any) -> None:
    """An outcome names a seat or nobody, and a reason of the game's own."""
    law = "an outcome is a winner, or None, and a reason"
    require(isinstance(outcome, Outcome), law, f"outcome returned {outcome!r}")
    winner, reason = outcome.winner, outcome.reason
    require(winner is None or winner in line.seats, law, f"the winner is {winner!r}")
    require(isinstance(reason, str) and reason, law, f"the reason is {reason!r}")
    require(reason not in ARENA_REASONS, law, f"{reason!r} is a word of the arena's own")


def what_was_hidden_is_revealed(line: Line) -> None:
    """Once it has ended, however it did, everybody may see it all."""
    law = "reveal shows a position, with turn and ply"
    shown = line.game.reveal(line.state)
    require(isinstance(shown, dict) and {"turn", "ply"} <= set(shown), law, f"it is {brief(shown)}")
    _require_turn_and_ply(line, shown, line.to_move, "reveal(state)")


def it_can_be_exported(line: Line, winner: int | None, reason: str) -> None:
    """Whatever was played, and however it ended, there is a text of it."""
    law = "export returns a format and a text"
    record = _record(line, winner, reason)
    exported = line.game.export(record)
    require(
        isinstance(exported, tuple) and len(exported) == 2, law, f"it returned {brief(exported)}"
    )
    form, text = exported
    require(form in FORMATS, law, f"the format is {form!r}, which is none of {FORMATS}")
    require(isinstance(text, str) and text, law, f"the text is {text!r}")
    require(line.game.export(record) == exported, law, "asked again, it returned something else")


def _record(line: Line, winner: int | None, reason: str) -> Record:
    names = [f"player{seat}" for seat in line.seats]
    scores = {name: 0.5 if winner is None else int(winner == seat)
              for seat, name in enumerate(names)}
    result = {
        "winner": None if winner is None else names[winner], "reason": reason,
        "by_player": {} if reason == "aborted" else scores,
    }
    return Record(
        title="The game", site="here", date="2026-01-31", players=names, options=line.options,
        setup=line.begun, moves=line.moves, result=result,
    )


def some(values: Iterable[Any], rng: Random, number: int = TRIED) -> list[Any]:
    """Return some of the values, in no order."""
    values = list(values)
    return rng.sample(values, min(number, len(values)))
