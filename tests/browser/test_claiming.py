"""Claiming a draw."""

from playwright.sync_api import expect

from tests.browser.test_rare_pages import sit_down

TO_AND_FRO = ["g1f3", "g8f6", "f3g1", "f6g8"]


def test_third_repetition_is_claimed_as_a_draw(person, two_players):
    white = sit_down(person().open(), two_players, "chess", TO_AND_FRO)
    white.says("Your turn")
    expect(white.button("Claim draw")).to_be_hidden()
    for number, move in enumerate(TO_AND_FRO):
        session_id = white.page.url.rpartition("/")[2]
        if number % 2 == 0:
            white.says("Your turn")
            white.move(move)
            white.says("is to move")
        else:
            two_players[1].move(session_id, move)
    white.says("Your turn")
    white.button("Claim draw").click()
    white.says("Draw: the same position three times")
