"""Games in a browser against a player who uses another client."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import meet
from tests.e2e.playing import begin, both_move
from tests.stack import eventually

FLEET = {
    "carrier": "abcde", "battleship": "abcd", "cruiser": "abc", "submarine": "abc",
    "destroyer": "ab",
}
# Of these, seat 0 has made every other one; its pawn on h7 may take on g8, and becomes a piece.
BEFORE_PROMOTION = ["h2h4", "g7g5", "h4g5", "h7h6", "g5h6", "a7a6", "h6h7", "a6a5"]


class TestChess:
    def test_chess_is_played_to_mate_by_pressing_and_dragging(self, person):
        one, other = person().arrive(), person().arrive()
        for each in (one, other):
            each.page.get_by_label("Game", exact=True).select_option("chess")
        white, black = meet(one, other, "e1, your king")
        for number, move in enumerate(("f2f3", "e7e5", "g2g4", "d8h4")):
            mover = black if number % 2 else white
            mover.says("Your turn")
            mover.move(move, "drag" if number < 2 else "press")
        black.says("You won: checkmate")
        white.says("You lost: checkmate")
        expect(white.square("e1")).to_have_class(re.compile("threat"))

    def test_pawn_is_promoted_to_the_chosen_piece(self, at_the_board):
        white, *_ = at_the_board("chess", BEFORE_PROMOTION)
        white.says("Your turn")
        white.move("h7g8")
        question = white.page.get_by_role("dialog", name="Which one?")
        expect(question.get_by_role("button")).to_have_text(["queen", "rook", "bishop", "knight"])
        white.page.keyboard.press("Escape")
        expect(question).to_have_count(0)
        expect(white.button("h7, your pawn")).to_be_visible()
        white.square("h7").focus()
        white.page.keyboard.press("Enter")
        white.key_to("g8")
        white.page.keyboard.press("Enter")
        expect(question).to_be_visible()
        white.tab_to("document.activeElement.textContent === 'knight'")
        white.page.keyboard.press("Enter")
        expect(white.button("g8, your knight")).to_be_visible()
        expect(white.button("5. hxg8=N")).to_be_visible()


def test_battleship_is_played_to_its_end(at_the_board):
    shooter, other, session_id = at_the_board("battleship")
    shooter.says("Place your ships")
    for ship, files in FLEET.items():
        drawn = shooter.button(f"{ship} in hand").locator(".piece")
        expect(drawn).to_have_count(len(files))
    for way in ("↑", "→"):
        shooter.button("Turn ship").click()
        expect(shooter.button("Turn ship")).to_contain_text(way)
    for rank, (ship, files) in enumerate(FLEET.items(), start=1):
        shooter.button(f"{ship} in hand").click()
        shooter.button(f"a{rank}, empty").click()
        expect(shooter.button(f"e{rank}, empty")).to_have_count(0 if "e" in files else 1)
        other.move(session_id, f"{ship}@a{rank}h")
    targets = [
        f"{file}{rank}" for rank, files in enumerate(FLEET.values(), start=1) for file in files
    ]
    for number, target in enumerate(targets):
        shooter.says("Your turn")
        shooter.button(f"{target}, empty").click()
        if number < len(targets) - 1:
            eventually(lambda: other.call("sessions.get", session_id=session_id)["legal"])
            other.move(session_id, f"j{number % 10 + 1}" if number < 10 else f"i{number - 9}")
        if target == "e1":
            expect(shooter.button("a1, opponent's carrier, sunk")).to_be_visible()
    shooter.says("You won: all ships were sunk")
    shooter.button("First position").click()
    expect(shooter.page.locator(".board .piece")).to_have_count(0)
    shooter.button("Next position").click()
    expect(shooter.page.get_by_label("a1, your carrier", exact=True)).to_be_visible()


def test_clocks_are_those_of_the_server(at_the_board):
    one, other, session_id = at_the_board("dobutsu", clock={"initial": 9, "increment": 0})
    one.move("b2b3")
    one.says(f"{other.login} is to move")
    other.move(session_id, "b4b3")
    one.says("Your turn")
    own, others = one.page.get_by_role("timer").last, one.page.get_by_role("timer").first

    def agree():
        before = clocks(other, session_id)
        shown = [seconds(each.inner_text()) for each in (own, others)]
        after = clocks(other, session_id)
        assert shown[1] == 9
        return shown[0] < 9 and all(
            after[login] - 0.3 < left < before[login] + 0.4
            for login, left in zip((one.login, other.login), shown, strict=True)
        )

    for _ in range(3):
        eventually(agree, what="the time left on the page")  # on a busy machine it is old at times
        one.page.wait_for_timeout(300)


def test_other_events_do_not_reset_a_clock(at_the_board):
    """Neither an event without clocks nor flipping the board sets one back to the last move."""
    one, other, session_id = at_the_board("dobutsu", clock={"initial": 60, "increment": 0})
    one.move("b2b3")
    one.says(f"{other.login} is to move")
    other.move(session_id, "b4b3")
    one.says("Your turn")
    own = one.page.get_by_role("timer", name=re.compile("left")).last
    expect(own).to_have_text(re.compile("^0:5[0-7]$"))
    other.command(session_id, {"type": "offer_draw"})
    expect(one.button("Accept draw")).to_be_visible()
    assert seconds(own.inner_text()) <= 57
    one.button("Flip board").click()
    flipped = one.page.get_by_role("timer").first
    assert seconds(flipped.inner_text()) <= 57
    other.call("sessions.disconnect", session_id=session_id)
    expect(one.page.get_by_text("has lost the connection")).to_be_visible()
    assert seconds(flipped.inner_text()) <= 57


def test_clock_is_corrected_if_time_was_given_back(person, two_players):
    """As after an outage, whose end no event announces."""
    one, other = two_players
    session_id = begin(one, other, clock={"initial": 60, "increment": 0})
    here = person()

    def between(socket):
        server = socket.connect_to_server()

        def to_page(message):
            told = json.loads(message)
            if told.get("method") == "session.state_changed":
                told["params"]["clocks"] = dict.fromkeys(told["params"]["clocks"], 1)
            socket.send(json.dumps(told))

        server.on_message(to_page)

    here.page.route_web_socket("**/ws", between)
    here.open(f"/#/game/{session_id}")
    here.says(f"To move: {one.login}")
    both_move(one, other, session_id)
    expect(here.page.locator(".bar.to-move").get_by_role("timer")).to_have_text(
        re.compile(r"^0:[345]\d$")
    )


def clocks(player, session_id):
    return player.call("sessions.get", session_id=session_id)["clocks"]


def seconds(shown):
    minutes, rest = shown.split(":")
    return int(minutes) * 60 + float(rest)


def test_move_outside_the_board_is_a_button(at_the_board):
    """In janggi a pass is written as a king's move to its own square."""
    pytest.importorskip("pyffish", reason="pyffish is built for x86_64 only")
    one, other, _ = at_the_board("janggi")
    one.page.get_by_role("group", name="Other moves").get_by_role("button").click()
    one.says(f"{other.login} is to move")
    expect(one.page.get_by_role("group", name="Other moves")).to_have_count(0)


COUNT_TONES = """{
  const { start } = AudioScheduledSourceNode.prototype;
  window.tones = 0;
  window.pitches = new Set();
  AudioScheduledSourceNode.prototype.start = function (...when) {
    window.tones += 1;
    window.pitches.add(this.frequency.value);
    return start.apply(this, when);
  };
}"""


def test_move_is_heard_unless_sound_is_off(person, two_players):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    listener = person()
    listener.page.add_init_script(COUNT_TONES)
    listener.open().known_as(one).log_in().open(f"/#/game/{session_id}")
    listener.says("Your turn")

    def tones_of(move, reply):
        before = listener.page.evaluate("() => tones")
        listener.move(move)
        listener.says(f"{other.login} is to move")
        other.move(session_id, reply)
        listener.says("Your turn")
        return listener.page.evaluate("() => tones") - before

    assert tones_of("a1b2", "a4a3") > 0
    listener.button("Sound").click()
    assert tones_of("b1a1", "a3a4") == 0


# As in Safari, which has no `userActivation`, and what is made outside of a press stays silent.
NOTE_CONTEXTS = """{
  Object.defineProperty(navigator, "userActivation", { value: undefined });
  const Context = AudioContext;
  window.contexts = [];
  window.AudioContext = class extends Context {
    constructor() {
      super();
      window.contexts.push({ context: this, madeBy: window.event?.type });
    }
  };
}"""


@pytest.mark.parametrize("phone", [False, True], ids=["mouse", "touch"])
def test_audio_starts_and_resumes_during_a_press(person, two_players, phone):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    listener = person(phone=phone)
    listener.page.add_init_script(COUNT_TONES + NOTE_CONTEXTS)
    listener.open(f"/#/game/{session_id}")
    listener.says(f"To move: {one.login}")
    assert listener.page.evaluate("() => contexts.length") == 0
    listener.press(listener.button("Flip board"))
    assert listener.page.evaluate("() => contexts.map(({ madeBy }) => madeBy)") == ["pointerup"]
    one.move(session_id, "a1b2")
    listener.page.wait_for_function("() => tones > 0")
    listener.page.evaluate("() => contexts[0].context.suspend()")
    other.move(session_id, "a4a3")
    listener.page.wait_for_function("() => contexts[0].context.state === 'running'")


@pytest.mark.parametrize("wish", ["no-preference", "reduce"])
def test_pieces_slide_unless_motion_is_reduced(at_the_board, wish):
    one, other, session_id = at_the_board("chess", ["e2e4", "e7e5", "g1f3", "b8c6", "f1c4", "g8f6"])
    one.says("Your turn")
    one.page.emulate_media(reduced_motion=wish)
    one.page.evaluate("""() => {
      const { animate } = Element.prototype;
      window.slid = [];
      Element.prototype.animate = function (...how) {
        window.slid.push(this.closest("[data-square]").dataset.square);
        return animate.apply(this, how);
      };
    }""")
    one.move("e1g1")
    one.says(f"{other.login} is to move")
    other.move(session_id, "f6e4")
    one.says("Your turn")
    one.move("f3e5", "drag")
    one.says(f"{other.login} is to move")
    slid = one.page.evaluate("() => slid")
    assert sorted(slid[:2]) + slid[2:] == (["f1", "g1", "e4"] if wish == "no-preference" else [])


@pytest.mark.parametrize("elsewhere", [False, True], ids=["at-the-board", "on-another-page"])
def test_end_has_its_own_sound(person, two_players, elsewhere):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    listener = person()
    listener.page.add_init_script(COUNT_TONES)
    listener.open().known_as(one).log_in().open(f"/#/game/{session_id}")
    listener.says("Your turn")
    listener.move("a1b2")
    listener.says(f"{other.login} is to move")
    other.move(session_id, "a4a3")
    listener.says("Your turn")
    knock = listener.page.evaluate("() => [...pitches]")
    assert knock
    if elsewhere:
        listener.page.get_by_role("link", name="Leaderboard").click()
        expect(listener.page.get_by_role("complementary")).to_be_visible()
    other.command(session_id, {"type": "resign"})
    expect(listener.page.get_by_text("You won: resignation").first).to_be_visible()
    listener.page.wait_for_function("(knock) => pitches.size > knock", arg=len(knock))


def test_own_low_clock_is_heard_once(at_the_board):
    one, other, session_id = at_the_board("dobutsu", clock={"initial": 12, "increment": 0})
    one.page.evaluate(f"() => {COUNT_TONES}")
    one.move("b2b3")
    one.says(f"{other.login} is to move")
    other.move(session_id, "b4b3")
    one.says("Your turn")
    expect(one.page.get_by_role("timer").last).to_have_class(re.compile("low"))
    one.page.wait_for_function("() => pitches.has(880)")
    heard = one.page.evaluate("() => tones")
    expect(one.page.get_by_role("timer").last).to_have_text(re.compile("^0:0[1-8]"))
    assert one.page.evaluate("() => tones") == heard
    one.move("a1b2")
    one.says(f"{other.login} is to move")
    one.page.evaluate("() => pitches.clear()")
    expect(one.page.get_by_role("timer").first).to_have_class(re.compile("low"))
    assert not one.page.evaluate("() => pitches.has(880)")


def test_letter_f_flips_only_a_focused_board(at_the_board):
    one, *_ = at_the_board("dobutsu")
    one.says("Your turn")

    def is_turned():
        low, high = (one.square(each).bounding_box()["y"] for each in ("a1", "a4"))
        return low < high

    one.button("Flip board").focus()
    one.page.keyboard.press("f")
    assert not is_turned()
    one.square("b2").focus()
    one.page.keyboard.press("f")
    assert is_turned()


def test_a_move_is_taken_back_by_either(at_the_board):
    one, other, session_id = at_the_board("dobutsu", rated=False)
    expect(one.button("Take back")).to_have_count(0)  # there is nothing to take back
    one.move("b2b3")
    one.button("Take back").click()
    expect(one.page.get_by_text("You have asked to take back your move.")).to_be_visible()
    other.wait_for("session.takeback_offered")
    other.command(session_id, {"type": "accept_takeback"})
    one.says("Your turn")
    expect(one.page.get_by_role("list", name="Moves").get_by_role("button")).to_have_count(0)
    one.move("c1c2")
    other.move(session_id, "a4a3")
    one.says("Your turn")
    other.command(session_id, {"type": "offer_takeback"})
    one.button("Allow takeback").focus()
    one.page.keyboard.press("Enter")
    one.says(f"{other.login} is to move")
    expect(one.button("1. Gc2")).to_be_visible()
    expect(one.button("1… Ga3")).to_have_count(0)
