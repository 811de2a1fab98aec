"""Every page, light and dark, on desktop and phone: no barriers, nothing forbidden, a picture."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import ROOT
from tests.stack import eventually

AXE = ROOT / "var" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = {
    "desktop-light": {}, "desktop-dark": {"dark": True},
    "phone-light": {"phone": True}, "phone-dark": {"phone": True, "dark": True},
}


def check(person, name, look, whole=True):
    """Look at the page as axe does, and keep a picture of it."""
    person.page.evaluate(AXE.read_text())
    found = person.page.evaluate("() => axe.run()")
    serious = [
        f"{each['id']}: {each['help']}: {[node['html'] for node in each['nodes']]}"
        for each in found["violations"] if each["impact"] in ("serious", "critical")
    ]
    person.shot(f"{name}-{look}", whole)
    assert not serious, "\n".join([name, *serious])


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_within_reach_of_everybody(person, look):
    one, other = person(**LOOKS[look]).open(), person().arrive()
    expect(one.button("Register")).to_be_visible()
    check(one, "first", look)
    one.register()
    check(one, "lobby", look)
    one.button("Find an opponent").click()
    expect(one.page.get_by_text("First among players")).to_be_visible()
    check(one, "search", look)
    one.page.reload()
    one.button("Create private room").click()
    expect(one.field("Link")).to_be_visible()
    check(one, "private-room", look)
    one.button("Close room").click()
    other.button("Create room").click()
    row = one.page.get_by_role("listitem").filter(has_text=other.login)
    expect(row).to_be_visible()
    row.get_by_role("button", name="Join").click()
    other.says("Your turn")
    other.move("b2b3")
    one.says("Your turn")
    one.press(one.square("b4"))
    check(one, "game", look, whole=False)
    one.press(one.square("b3"))
    other.says("Your turn")
    other.move("a1b2")
    one.says("Your turn")
    one.press(one.button("chick in hand"))
    check(one, "drop", look, whole=False)
    other.button("Resign").click()
    other.button("Resign").click()
    one.says("You won")
    check(one, "result", look)
    one.open(f"/#/player/{one.login}")
    expect(one.button("Save")).to_be_visible()
    expect(one.page.get_by_text("1 game: 1 won")).to_be_visible()
    check(one, "profile", look)
    one.open("/#/leaderboard")
    expect(one.page.get_by_role("cell", name=one.login)).to_be_visible()
    check(one, "leaderboard", look)


def test_in_russian_it_is_played_by_the_browsers_language(person):
    one, other = person(language="ru-RU").open(), person().arrive()
    expect(one.page.locator("html")).to_have_attribute("lang", "ru")
    one.field("Логин").fill(one.login)
    one.field("Пароль").fill("correct horse")
    one.button("Зарегистрироваться").click()
    one.button("Создать комнату").click()
    row = other.page.get_by_role("listitem").filter(has_text=one.login)
    row.get_by_role("button", name="Join").click()
    one.says("Ваш ход")
    one.button("b2, у вас цыплёнок").click()
    one.button("b3, у соперника цыплёнок").click()
    one.says(f"Ходит {other.login}")
    one.shot("game-russian")
    one.button("English").click()
    one.says(f"{other.login} is to move")
    expect(one.button("b3, your chick")).to_be_visible()
    one.page.reload()
    one.says(f"{other.login} is to move")


def test_chess_is_played_on_the_same_board(person):
    one, other = person().arrive(), person().arrive()
    for each in (one, other):
        each.page.get_by_label("Game", exact=True).select_option("chess")
    meet_at("e2", one, other)
    first, second = by_turn(one, other)
    first.drag(first.square("e2"), first.square("e4"))
    second.says("Your turn")
    expect(second.button("e4, opponent's pawn")).to_be_visible()
    second.square("g8").click()
    check(second, "chess", "desktop-light", whole=False)
    second.square("f6").click()
    first.says("Your turn")


def test_battleship_is_played_on_the_same_board(person):
    one, other = person().arrive(), person().arrive()
    for each in (one, other):
        each.page.get_by_label("Game", exact=True).select_option("battleship")
    meet_at("a1", one, other)
    for each in (one, other):
        each.says("Place your ships")
        for rank, ship in enumerate(("carrier", "battleship", "cruiser", "submarine"), start=1):
            each.button(f"{ship} in hand").click()
            each.button(f"a{rank}, empty").click()
            expect(each.button(f"a{rank}, your {ship}")).to_be_visible()
        each.button("Turn ship").click()
        each.button("destroyer in hand").click()
        each.button("j1, empty").click()
    shooter, _ = by_turn(one, other)
    shooter.button("a1, empty").click()
    expect(shooter.button("a1, hit")).to_be_visible()
    check(shooter, "battleship", "desktop-light", whole=False)


def meet_at(square, one, other):
    """Find each other by search, and come to a board with this square."""
    for each in (one, other):
        each.button("Find an opponent").click()
    for each in (one, other):
        expect(each.square(square)).to_be_visible()


def by_turn(one, other):
    """Who is to move, once one of them is told so, and who is not."""
    [mover] = eventually(
        lambda: [each for each in (one, other) if each.turn.inner_text() == "Your turn"]
    )
    return mover, other if mover is one else one
