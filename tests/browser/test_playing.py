"""Two people meet in their browsers, and play."""

import re

from playwright.sync_api import expect

from tests.browser.games import whole_game
from tests.browser.people import meet

REASONS = {"lion_caught": "the lion was caught", "try": "the lion reached the last rank"}


def play(first, second, ways=("press", "drag")):
    """Play a whole game, each move in another way; return the winner, then the loser."""
    moves, reason, won_by = whole_game()
    for number, move in enumerate(moves):
        mover, other = (first, second) if number % 2 == 0 else (second, first)
        mover.says("Your turn")
        other.says(f"{mover.login} is to move")
        mover.move(move, ways[number % len(ways)])
        expect(listed_moves(other)).to_have_count(number + 1)
    winner, loser = (first, second) if won_by == 0 else (second, first)
    winner.says(f"You won: {REASONS[reason]}")
    loser.says(f"You lost: {REASONS[reason]}")
    return winner, loser


def listed_moves(person):
    return person.page.get_by_role("list", name="Moves").get_by_role("button")


def both_move(first, second):
    first.move("b2b3")
    second.says("Your turn")
    second.move("b4b3")
    first.says("Your turn")


class TestAWholeGame:
    def test_two_desktops_play_by_pressing_and_dragging(self, playing):
        play(*playing, ways=("drag", "press", "press", "drag"))

    def test_two_phones_play_by_touch(self, person):
        play(*meet(person(phone=True).arrive(), person(phone=True).arrive()), ways=("press",))

    def test_a_game_is_played_by_the_keyboard_alone(self, person):
        typist, other = person().open(), person().arrive()
        typist.tab_to("document.activeElement.name === 'login'")
        typist.page.keyboard.type(typist.login)
        typist.tab_to("document.activeElement.name === 'password'")
        typist.page.keyboard.type("correct horse")
        typist.page.keyboard.press("Enter")
        expect(typist.button("Find an opponent")).to_be_visible()
        typist.tab_to("document.activeElement.textContent === 'Find an opponent'")
        typist.page.keyboard.press("Enter")
        expect(typist.button("Stop searching")).to_be_focused()
        other.button("Find an opponent").click()
        expect(typist.square("b2")).to_be_visible()
        first = typist if typist.turn.inner_text() == "Your turn" else other
        second = other if first is typist else typist
        moves, *_ = whole_game()
        for number, move in enumerate(moves):
            mover = first if number % 2 == 0 else second
            mover.says("Your turn")
            mover.move(move, "keys" if mover is typist else "press")
            expect(listed_moves(other)).to_have_count(number + 1)
        typist.says("You ")

    def test_squares_and_pieces_are_named_for_the_viewer(self, playing):
        first, second = playing
        for person in playing:
            whose = "your" if person is first else "opponent's"
            expect(person.button(f"b2, {whose} chick")).to_be_visible()
            expect(person.button("a2, empty")).to_be_visible()
            expect(person.page.locator("[data-square]")).to_have_count(12)
        first.move("b2b3")
        expect(first.button("chick in hand")).to_be_visible()
        expect(second.page.get_by_role("img", name="opponent holds: chick")).to_be_visible()
        expect(second.button("chick in hand")).to_have_count(0)

    def test_picked_up_piece_shows_its_targets(self, playing):
        first, second = playing
        first.press(first.square("c1"))
        expect(first.square("c1")).to_have_attribute("aria-pressed", "true")
        expect(first.square("c2")).to_have_attribute("aria-description", "you can go here")
        expect(first.page.locator(".square.target")).to_have_count(1)
        first.page.keyboard.press("Escape")
        expect(first.page.locator(".square.target")).to_have_count(0)
        first.drag(first.square("c1"), first.square("a4"))
        expect(first.square("c1")).to_have_attribute("aria-label", "c1, your giraffe")
        expect(second.turn).to_contain_text("is to move")

    def test_threatened_lion_and_last_move_are_marked(self, playing):
        first, second = playing
        first.move("b2b3")
        expect(second.square("b3")).to_have_class(re.compile("last"))
        expect(second.square("b4")).to_have_class(re.compile("threat"))
        expect(second.square("b4")).to_have_attribute("aria-description", "under attack")

    def test_opponents_move_is_announced(self, playing):
        first, second = playing
        heard = second.page.locator("#announcement")
        first.move("b2b3")
        expect(heard).to_have_text(f"{first.login} has moved: 1. b2 – b3")
        second.move("b4b3")
        first.says("Your turn")
        expect(heard).to_have_text(f"{first.login} has moved: 1. b2 – b3")
        answer = f"{second.login} has moved: 1… b4 – b3"
        expect(first.page.locator("#announcement")).to_have_text(answer)


class TestEnding:
    def test_ratings_are_shown_and_change_at_the_end(self, playing):
        first, second = playing
        both_move(first, second)
        for each in playing:
            expect(each.page.locator(".bar .rated")).to_have_text(["1500?", "1500?"])
        first.button("Resign").click()
        first.button("Resign").click()
        won, lost = re.compile(r"\+\d+"), re.compile(r"−\d+")
        expect(first.page.locator(".bar .change")).to_have_text([won, lost])
        expect(second.page.locator(".bar .change")).to_have_text([lost, won])

    def test_resigning_asks_for_confirmation(self, playing):
        first, second = playing
        both_move(first, second)
        first.button("Resign").click()
        first.button("Keep playing").click()
        expect(second.turn).to_contain_text("is to move")
        first.button("Resign").click()
        first.button("Resign").click()
        first.says("You lost: resignation")
        second.says("You won: resignation")

    def test_draw_is_offered_declined_and_accepted(self, playing):
        first, second = playing
        both_move(first, second)
        first.button("Offer draw").focus()
        first.page.keyboard.press("Enter")
        expect(first.page.get_by_text("You have offered a draw.")).to_be_visible()
        expect(first.page.get_by_role("group", name="Actions")).to_be_focused()
        expect(first.button("Offer draw")).to_have_count(0)
        second.button("Decline draw").click()
        expect(first.button("Offer draw")).to_be_enabled()
        second.button("Offer draw").click()
        first.button("Accept draw").click()
        for each in playing:
            each.says("Draw: by agreement")

    def test_draw_is_offered_before_the_first_move(self, playing):
        first, second = playing
        second.button("Offer draw").click()
        first.button("Accept draw").click()
        for each in playing:
            each.says("Draw: by agreement")

    def test_game_is_aborted_before_both_have_moved(self, playing):
        first, second = playing
        second.button("Abort").click()
        for each in playing:
            each.says("The game was aborted")

    def test_rematch_swaps_the_sides(self, playing):
        first, second = playing
        both_move(first, second)
        first.button("Resign").click()
        first.button("Resign").click()
        second.button("Rematch").click()
        expect(first.page.get_by_text(f"{second.login} asks for a rematch.")).to_be_visible()
        first.button("Rematch").click()
        for each in playing:
            expect(each.square("b1")).to_be_visible()
        second.says("Your turn")
        expect(second.button("b1, your lion")).to_be_visible()
        second.move("b2b3")
        first.says("Your turn")

    def test_ended_game_is_stepped_through_and_exported(self, playing):
        first, second = playing
        both_move(first, second)
        second.button("Resign").click()
        second.button("Resign").click()
        first.says("You won")
        first.button("First position").click()
        expect(first.button("b2, your chick")).to_be_visible()
        first.page.keyboard.press("ArrowRight")
        expect(first.button("b3, your chick")).to_be_visible()
        first.button("Last position").click()
        expect(first.button("b3, opponent's lion")).to_be_visible()
        expect(first.page.get_by_role("img", name=re.compile("Time for each move"))).to_be_visible()
        with first.page.expect_download() as download:
            first.button("Download").click()
        text = download.value.path().read_text()
        assert "b2b3" in text and "resignation" in text
