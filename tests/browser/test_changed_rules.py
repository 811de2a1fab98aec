"""The rules of an installed game change under games that people play on the page."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import plugins
from tests.browser import caravan
from tools.launch.polling import wait_while

FIRST = Path(caravan.__file__).read_text()
# Of the second version, a state has another name for what it holds; who plays a card is told more.
SECOND = FIRST.replace('"played"', '"laid"').replace(
    "    min_players", "    version = 2\n    min_players",
).replace('"stack": 4', '"stack": 9')
UPGRADE = '''
    def upgrade(self, state, from_version):
        return {"laid": state["played"]}
'''
WAITS = "The rules of this game are being changed. It waits, and so do the clocks"
WAITS_IN_RUSSIAN = "Правила этой игры обновляются"


@pytest.fixture
def rules(tmp_path):
    """Return, for the text of the game, the folder in which it is installed."""
    return lambda name, source: plugins.install_text(tmp_path / name, "caravan:Caravan", source)


def test_a_game_waits_for_its_rules_and_is_upgraded(stack, rules, player, person):
    """One test for all, as services are restarted for it."""
    players = [player() for _ in range(3)]
    one, two, three = players
    with stack.given("sessions", PYTHONPATH=rules("first", FIRST)):
        session_id = begun(*players)
        here = person().open().known_as(one).log_in().open(f"/#/game/{session_id}")
        here.says("Your turn")
        here.button("7♥").click()
        here.says(f"{two.login} is to move")
        two.move(session_id, "8♥")
        three.move(session_id, "9♥")
        here.says("Your turn")
        with stack.given("sessions", PYTHONPATH=rules("second", SECOND)):
            three.refused("RulesUnavailable", "sessions.get", session_id=session_id)
            here.button("A♠").click()
            here.says(WAITS)
            expect(here.button("A♠")).to_have_count(0)
            here.page.reload()
            expect(here.page.get_by_role("status").filter(has_text=WAITS)).to_be_visible()
            here.button("Русский").click()
            waits = here.page.get_by_role("status").filter(has_text=WAITS_IN_RUSSIAN)
            expect(waits).to_be_visible()
            here.button("English").click()
        here.says("Your turn")
        upgraded = rules("upgraded", SECOND + UPGRADE)
        with stack.given("sessions", PYTHONPATH=upgraded):
            expect(here.page.get_by_label("9 hidden cards")).to_be_visible()
            here.button("A♠").click()
            here.says(f"{two.login} is to move")
            expect(here.page.get_by_label("c1, your camel")).to_be_visible()


def begun(*players):
    """Begin a session, and connect all players."""
    first, *others = players
    wait_while(
        lambda: None if "caravan" in {each["name"] for each in first.call("server.info")["games"]}
        else "It is not listed.", 30,
    )
    room = first.call("rooms.create", game="caravan", seats=3, options={})
    for each in others:
        joined = each.call("rooms.join", room_id=room["room_id"])
    for each in players:
        each.connect(joined["session_id"])
    return joined["session_id"]
