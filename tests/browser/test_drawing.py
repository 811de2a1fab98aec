"""Games of other packages, drawn by what their views have."""

import pytest
from playwright.sync_api import expect

from tests import plugins
from tests.browser.test_pages import check
from tools.launch.polling import wait_while

ROCK_PAPER_SCISSORS = '''
from arbiter_games.contract import Game, IllegalMove, Outcome

BEATS = {"rock": "scissors", "paper": "rock", "scissors": "paper"}


class RockPaperScissors(Game):
    name, title, secrets = "rps", "Rock, paper, scissors", True

    def setup(self, players, options, rng):
        return [None, None]

    def to_move(self, state):
        return [seat for seat in (0, 1) if state[seat] is None]

    def legal_moves(self, state, player):
        return list(BEATS) if player in self.to_move(state) else []

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove("Choose one of the three, once.")
        return [move if seat == player else each for seat, each in enumerate(state)]

    def outcome(self, state):
        if None in state:
            return None
        one, other = state
        return Outcome(None if one == other else int(BEATS[other] == one), "hands_shown")

    def view(self, state, player):
        shown = state if None not in state else [
            each if seat == player else None for seat, each in enumerate(state)
        ]
        return {"turn": None, "ply": 2 - state.count(None), "chosen": shown}

    def shown_move(self, move, player, viewer, state):
        return move if viewer == player or None not in state else None
'''


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with games that stand in no list of the page."""
    folder = plugins.install(tmp_path_factory.mktemp("installed"), "goofspiel", "pig")
    (folder / "rps.py").write_text(ROCK_PAPER_SCISSORS)
    plugins.register(folder, "rps", "rps:RockPaperScissors")
    return folder


@pytest.fixture
def seated(stack, installed, player, person):
    """Starts a session of a game: one person in a browser, the other players, and its id."""
    with stack.given("sessions", PYTHONPATH=installed):
        def sit_down(game, players=2, phone=False, **options):
            first, *others = [player() for _ in range(players)]
            wait_while(lambda: None if game in listed(first) else "It is not listed.", 30)
            room = first.call("rooms.create", game=game, seats=players, options=options)
            for each in others:
                joined = each.call("rooms.join", room_id=room["room_id"])
            for each in others:
                each.connect(joined["session_id"])
            here = person(phone=phone).open().known_as(first).log_in()
            return here.open(f"/#/game/{joined['session_id']}"), others, joined["session_id"]

        yield sit_down


def listed(player):
    return [each["name"] for each in player.call("server.info")["games"]]


def test_games_without_a_board_are_drawn_and_played(seated):
    """One test for all, as services are restarted for it."""
    one, [other], session_id = seated("rps")
    one.says("Make your choice")
    expect(one.page.locator("game-board")).to_have_count(0)
    check(one, "choice")
    one.button("rock").click()
    one.says(f"You have chosen. Waiting for {other.login}")
    own = one.page.get_by_role("region", name=one.login)
    expect(own).to_contain_text("rock")
    other.move(session_id, "paper")
    one.says("You lost: hands shown")
    expect(one.page.get_by_role("region", name=other.login)).to_contain_text("paper")
    expect(one.button("2. paper")).to_be_visible()

    one, others, session_id = seated("goofspiel", players=3, phone=True)
    two, three = others
    one.button("bid 5").tap()
    two.move(session_id, "bid 4")
    one.says(f"You have chosen. Waiting for {three.login}")
    check(one, "three-players")
    three.move(session_id, "bid 3")
    one.says("Make your choice")
