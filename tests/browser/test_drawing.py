"""Games of other packages, drawn by what their views have."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from tests import plugins
from tests.bots import bots_of
from tests.browser import caravan, unlisted_games
from tests.browser.people import strip
from tests.browser.test_pages import check
from tools.launch.polling import wait_while


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with games that stand in no list of the page."""
    folder = tmp_path_factory.mktemp("installed")
    plugins.install(folder, "connect_four", "crazy_eights", "go9", "goofspiel", "hex", "liars_dice")
    for module in (caravan, unlisted_games):
        shutil.copy(module.__file__, folder)
    plugins.register(folder, "caravan", "caravan:Caravan", "caravan_drawing")
    pieces = folder / "caravan_drawing" / "pieces"
    pieces.mkdir(parents=True)
    shutil.copy(plugins.EXAMPLES / "go9" / "drawing" / "pieces" / "black.svg", pieces / "ace.svg")
    (pieces.parent / "drawing.json").write_text('{"pieces": {"A♠": "ace.svg"}}')
    plugins.register(folder, "rps", "unlisted_games:RockPaperScissors")
    return folder


@pytest.fixture
def offered(stack, installed, player):
    """Has the server offer the games; returns a player by another client."""
    with stack.given("sessions", "gateway", PYTHONPATH=installed):
        one = player()
        wait_while(lambda: None if "rps" in listed(one) else "It is not listed.", 30)
        yield one


@pytest.fixture
def seated(offered, player, person):
    """Starts a session of a game: one person in a browser, the other players, and its id."""
    def sit_down(game, players=2, phone=False, **options):
        first, *others = [player() for _ in range(players)]
        room = first.call("rooms.create", game=game, seats=players, options=options)
        for each in others:
            joined = each.call("rooms.join", room_id=room["room_id"])
        for each in (first, *others):
            each.connect(joined["session_id"])
        here = person(phone=phone).open().known_as(first).log_in()
        return here.open(f"/#/game/{joined['session_id']}"), others, joined["session_id"]

    return sit_down


@pytest.fixture
def computers(running_stack, installed):
    """A process of computer opponents who know the games."""
    process = bots_of(running_stack, PYTHONPATH=installed)
    process.start()
    yield process
    process.stop()


def listed(player):
    return [each["name"] for each in player.call("server.info")["games"]]


def test_games_without_a_board_are_drawn_and_played(seated, player, person, computers):
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
    one.button("5").tap()
    two.move(session_id, "bid 4")
    one.says(f"You have chosen. Waiting for {three.login}")
    check(one, "three-players")
    three.move(session_id, "bid 3")
    one.says("Make your choice")
    three.execute(session_id, {"type": "resign"})
    expect(one.page.locator(".bar", has_text=three.login)).to_contain_text("out")
    expect(one.button(f"{three.login} has left")).to_be_visible()
    two.execute(session_id, {"type": "resign"})
    one.says("Place 1 of 3: resignation")

    bid_and_call_at_dice(person(), player(), player())
    lose_the_last_die(*seated("liars_dice", players=3, dice=1))
    draw_a_card(*seated("crazy_eights", players=4, phone=True))
    play_cards_beside_a_board(*seated("caravan", players=3))
    drop_discs_in_columns(*seated("connect_four", phone=True))
    take_a_stone(*seated("go9", komi=0))
    swap_sides(*seated("hex"))
    play_computers(person())


def play_computers(one):
    """Begin a game against as many computers as there are seats, by keyboard."""
    one.arrive()
    one.field("Game").select_option("liars_dice")
    one.field("Players").select_option("4")
    levels = one.page.get_by_text("Your opponents are computers of the levels 1, 2, 3.")
    expect(levels).to_be_visible(timeout=60_000)
    one.field("Players").select_option("6")
    one.field("Who begins").select_option("first")
    one.button("Русский").press("Enter")
    told = one.page.get_by_text("Ваши соперники — компьютеры уровней 1, 2, 3, 4, 5.")
    expect(told).to_be_visible(timeout=60_000)
    check(one, "computers")
    one.button("English").press("Enter")
    one.button("Play the computer").press("Enter")
    one.says("Your turn")
    expect(one.page.get_by_role("link", name=re.compile("^computer-[1-5]-"))).to_have_count(5)


def bid_and_call_at_dice(one, *others):
    """Play a game with options and a form for its moves, in a room of the lobby."""
    one.arrive()
    one.field("Game").select_option("liars_dice")
    one.field("Dice").fill("4")
    one.field("Players").select_option("3")
    one.button("Find an opponent").click()
    others[0].call("searcher.start", game="liars_dice", seats=3, options={"dice": 4})
    for words in ("Looking for opponents…", "3 players", "1 other player is looking"):
        expect(one.page.get_by_text(words)).to_be_visible()
    expect(one.field("Players")).to_be_hidden()
    others[0].call("searcher.stop")
    one.page.get_by_role("link", name="Leaderboard").click()
    expect(strip(one)).to_contain_text("Looking for opponents…")
    one.page.get_by_role("link", name="Play", exact=True).click()
    one.button("Stop searching").click()
    expect(one.field("Players")).to_have_value("3")
    expect(one.field("Dice")).to_have_value("4")
    one.button("Create room").click()
    expect(one.page.locator(".own-room")).to_contain_text("Dice: 4 · 1 of 3 players")
    [room] = [
        each for each in others[0].call("rooms.list")["items"] if each["owner"] == one.login
    ]
    assert (room["options"]["dice"], room["seats"]) == (4, 3)
    for each in others:
        session_id = each.call("rooms.join", room_id=room["room_id"])["session_id"]
    for each in others:
        each.connect(session_id)
    one.says("Your turn")
    expect(one.page.get_by_role("img", name="hidden die")).to_have_count(8)
    expect(one.field("Count")).to_have_value("1")
    one.field("Count").fill("13")
    expect(one.page.get_by_text("One that is legal: count: 1, face: 1")).to_be_visible()
    expect(one.button("Play")).to_be_disabled()
    check(one, "dice-form")
    one.field("Count").fill("2")
    one.field("Face").select_option("6")
    one.button("Play").click()
    one.says(f"{others[0].login} is to move")
    bidder = one.page.get_by_role("group", name="On the table").locator("dl > div").nth(1)
    expect(bidder).to_have_text(f"Bidder{one.login}")
    others[0].move(session_id, {"kind": "call"})
    expect(one.page.get_by_text("Last round")).to_have_count(3)


def lose_the_last_die(one, others, session_id):
    """Bid what is not there, and be out by the rules while the others play to the end."""
    two, three = others
    lie(lambda face: bid_by_the_form(one, face), two, session_id)
    expect(one.page.locator(".bar", has_text=one.login)).to_contain_text("you, out")
    expect(one.button("Resign")).to_be_hidden()
    one.says(f"To move: {two.login}")
    lie(lambda face: two.move(session_id, {"count": 2, "face": face}), three, session_id)
    one.says("Place 3 of 3: the only one with dice")
    expect(one.page.locator(".bar", has_text=three.login)).to_contain_text("place 1")
    one.button("Log out").click()
    expect(one.button("Play as a guest")).to_be_visible()
    one.open(f"/#/game/{session_id}")
    one.says(f"{three.login} won: the only one with dice")


def lie(bid, caller, session_id):
    """Have somebody bid on a face that not all dice show, and the next one call it."""
    shown = caller.call("sessions.get", session_id=session_id)
    [own] = shown["state"]["dice"][shown["players"].index(caller.login)]
    version = shown["version"]
    bid(5 if own == 6 else 6)
    caller.wait_for("session.state_changed", lambda told: told["version"] > version)
    caller.move(session_id, {"kind": "call"})


def bid_by_the_form(one, face):
    one.says("Your turn")
    one.field("Count").fill("3")
    one.field("Face").select_option(label=str(face))
    one.field("Count").press("Enter")


def draw_a_card(one, others, session_id):
    """See one's own cards, and those of the others from their backs; draw one."""
    one.says("Your turn")
    own = one.page.get_by_role("region", name=one.login).locator(".card-face")
    expect(own).to_have_count(5)
    expect(one.page.get_by_role("img", name="5 hidden cards")).to_have_count(3)
    check(one, "cards")
    one.button("Draw a card").tap()
    one.says(f"{others[0].login} is to move")
    expect(own).to_have_count(6)
    vote_on_a_draw(one, others, session_id)


def vote_on_a_draw(one, others, session_id):
    """See who has offered a draw and who has agreed, and be the last but one who agrees."""
    two, three, four = others
    two.execute(session_id, {"type": "offer_draw"})
    three.execute(session_id, {"type": "accept_draw"})
    offered = one.page.get_by_text(f"{two.login} offers a draw.")
    expect(offered).to_contain_text(f"Agreed: {three.login}.")
    one.page.reload()
    expect(offered).to_contain_text(f"Agreed: {three.login}.")
    one.button("Accept draw").tap()
    expect(offered).to_contain_text(f"Agreed: {three.login}, {one.login}.")
    expect(one.button("Accept draw")).to_be_hidden()
    four.execute(session_id, {"type": "accept_draw"})
    one.says("Place 1 of 4: by agreement")


def play_cards_beside_a_board(one, others, session_id):
    """Play cards from a hand, which are no pieces, to where each player's are seen."""
    one.says("Your turn")
    expect(one.page.locator("piece-hand")).to_have_text(["", ""])
    one.button("7♥").click()
    one.says(f"{others[0].login} is to move")
    expect(one.page.get_by_role("region", name=one.login)).to_contain_text("Trick7♥")
    ace = one.page.get_by_role("img", name="A♠")
    expect(ace).to_have_js_property("complete", True)
    assert ace.evaluate("image => image.naturalWidth") > 0
    expect(one.page.get_by_role("group", name="On the table")).not_to_contain_text("Trick")
    others[0].move(session_id, "8♥")
    expect(one.page.get_by_role("region", name=others[0].login)).to_contain_text("Trick8♥")
    expect(one.page.get_by_label(f"b2, {others[0].login}'s camel")).to_be_visible()
    for seat in range(3):
        expect(one.page.locator(f".bar .side-{seat}")).to_be_visible()
    check(one, "cards-beside-a-board")


def drop_discs_in_columns(one, others, session_id):
    """Win by four in a column, pressing above the discs; the game's own words are said."""
    [other] = others
    for number in range(1, 5):
        one.says("Your turn")
        one.square("d6").tap()
        expect(one.button(f"d{number}, your disc")).to_be_visible()
        if number < 4:
            one.says(f"{other.login} is to move")
            other.move(session_id, f"e{number}")
    one.says("You won: four in a line")
    check(one, "columns", whole=False)
    one.button("Русский").tap()
    one.says("Вы победили: четыре в ряд")
    expect(one.button("d1, у вас фишка")).to_be_visible()


def take_a_stone(one, others, session_id):
    """Surround a stone on intersections, and pass; the pictures are those of the package."""
    [other] = others
    for own, reply in (("e6", "e5"), ("e4", "a1"), ("d5", "b1"), ("f5", None)):
        one.says("Your turn")
        one.square(own).click()
        one.says(f"{other.login} is to move")
        if reply:
            other.move(session_id, reply)
    expect(one.button("e5, empty")).to_be_visible()
    expect(one.page.get_by_role("region", name=one.login)).to_contain_text("1")
    picture = one.page.locator("[data-square=e6] img")
    assert picture.evaluate("(image) => image.naturalWidth") > 0
    check(one, "intersections", whole=False)
    other.move(session_id, "pass")
    one.button("Pass").click()
    one.says("You won: more area")
    answer = one.page.request.get(f"{one.base}{picture.get_attribute('src')}")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "immutable" in answer.headers["cache-control"]


def swap_sides(one, others, session_id):
    """See the first stone mirrored and taken over, on hexagons, and what each player joins."""
    [other] = others
    one.says("Your turn")
    one.square("b4").click()
    one.says(f"{other.login} is to move")
    other.move(session_id, "swap")
    expect(one.button("d2, opponent's stone")).to_be_visible()
    expect(one.button("b4, empty")).to_be_visible()
    expect(one.page.get_by_role("region", name=one.login)).to_contain_text("top and bottom")
    for own, reply in (("e5", "d3"), ("e4", "c4"), ("d6", "c5")):
        one.says("Your turn")
        one.square(own).click()
        one.says(f"{other.login} is to move")
        other.move(session_id, reply)
    one.says("Your turn")
    check(one, "hexagons", whole=False)


def test_shared_first_place_is_told_from_a_draw(person):
    said = person().open().page.evaluate("""async () => {
        const { resultWords } = await import("/page/lib/results.js");
        const of = (cat) => resultWords({
            game: "pig", players: ["ann", "bob", "cat"],
            result: { winner: null, reason: "agreement", places: { ann: 1, bob: 1, cat } },
        }, null);
        return [of(3), of(1)];
    }""")
    assert said == ["ann, bob share the first place: by agreement", "Draw: by agreement"]
