"""Every page, light and dark, on desktop and phone: accessible, without errors, with a picture."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import ROOT, listed, meet
from tests.e2e.playing import begin
from tests.stack import eventually

AXE = ROOT / "var" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
each_device = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])


def check(person, name, whole=True):
    """Check a page with axe, light and dark, and keep pictures of it."""
    person.page.evaluate(AXE.read_text())
    device, serious = "phone" if person.phone else "desktop", []
    for scheme in ("dark", "light"):
        person.page.emulate_media(color_scheme=scheme)
        found = person.page.evaluate("() => axe.run()")
        serious += [
            f"{scheme}: {each['id']}: {each['help']}: {[node['html'] for node in each['nodes']]}"
            for each in found["violations"] if each["impact"] in ("serious", "critical")
        ]
        person.shot(f"{name}-{device}-{scheme}", whole)
    assert not serious, "\n".join([name, *serious])


@each_device
def test_every_page_is_accessible(person, phone):
    one, other = person(phone=phone).open(), person().arrive()
    expect(one.button("Register")).to_be_visible()
    check(one, "first")
    one.register()
    check(one, "lobby")
    one.button("Create private room").click()
    expect(one.field("Link")).to_be_visible()
    check(one, "private-room")
    one.button("Close room").click()
    other.button("Create room").click()
    row = listed(one, "Open rooms", other.login)
    expect(row).to_be_visible()
    row.get_by_role("button", name="Join").click()
    other.says("Your turn")
    other.move("b2b3")
    one.says("Your turn")
    one.press(one.square("b4"))
    check(one, "game", whole=False)
    one.press(one.square("b3"))
    other.says("Your turn")
    other.move("a1b2")
    one.says("Your turn")
    one.press(one.button("chick in hand"))
    check(one, "drop", whole=False)
    other.button("Resign").click()
    other.button("Resign").click()
    one.says("You won")
    check(one, "result")
    one.open(f"/#/player/{one.login}")
    expect(one.button("Save")).to_be_visible()
    expect(one.page.get_by_text("1 game: 1 won")).to_be_visible()
    check(one, "profile")
    one.open("/#/leaderboard")
    expect(one.page.get_by_role("cell", name=one.login)).to_be_visible()
    check(one, "leaderboard")


@pytest.mark.parametrize("name", ["nowhere", "__proto__", "toString"])
def test_unknown_address_is_explained(person, name):
    one = person().open(f"/#/{name}")
    expect(one.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    expect(one.page).to_have_title("Arbiter")


def test_russian_browser_gets_russian_texts(person):
    one, other = person(language="ru-RU").open(), person().arrive()
    expect(one.page.locator("html")).to_have_attribute("lang", "ru")
    one.field("Логин").fill(one.login)
    one.field("Пароль").fill("correct horse")
    one.button("Зарегистрироваться").click()
    one.button("Создать комнату").click()
    row = listed(other, "Open rooms", one.login)
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


def test_window_title_is_in_the_readers_language(person, two_players):
    first, second = two_players
    session_id = begin(first, second)
    one = person(language="ru-RU").open().known_as(first)
    expect(one.page).to_have_title("Arbiter")
    one.field("Логин").fill(one.login)
    one.field("Пароль").fill(one.password)
    one.button("Войти").click()
    expect(one.button("Найти соперника")).to_be_visible()
    shown = {
        f"#/game/{session_id}": "Ваш ход! · Добуцу-сёги · Arbiter",
        f"#/player/{one.login}": f"● {one.login} · Arbiter",
        "#/leaderboard/atomic": "● Таблица лидеров: Атомные шахматы · Arbiter",
        "#/join/SOMEKEY1": "● Вас приглашают сыграть · Arbiter",
        "#/": "● Arbiter",
    }
    for address, title in shown.items():
        one.open(f"/{address}")
        expect(one.page).to_have_title(title)
    one.open(f"/#/game/{session_id}").move("b2b3")
    names = f"{first.login} – {second.login}"
    expect(one.page).to_have_title(f"{names} · Добуцу-сёги · Arbiter")


def test_chess_is_played_and_accessible(person):
    one, other = person().arrive(), person().arrive()
    for each in (one, other):
        each.page.get_by_label("Game", exact=True).select_option("chess")
    first, second = meet(one, other, "e1, your king")
    first.drag(first.square("e2"), first.square("e4"))
    second.says("Your turn")
    expect(second.button("e4, opponent's pawn")).to_be_visible()
    second.square("g8").click()
    check(second, "chess", whole=False)
    second.square("f6").click()
    first.says("Your turn")


def test_battleship_is_played_and_accessible(person):
    one, other = person().arrive(), person().arrive()
    for each in (one, other):
        each.page.get_by_label("Game", exact=True).select_option("battleship")
    for each in (one, other):
        each.button("Find an opponent").click()
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
    check(shooter, "battleship", whole=False)


def by_turn(one, other):
    """Return the one who is to move by their page, then the other."""
    [mover] = eventually(
        lambda: [each for each in (one, other) if each.turn.inner_text() == "Your turn"]
    )
    return mover, other if mover is one else one


def test_password_fields_have_autocomplete_hints(person):
    one = person().open()
    login, password = one.field("Login"), one.field("Password")
    expect(login).to_have_attribute("autocomplete", "username")
    expect(password).to_have_attribute("autocomplete", "new-password")
    one.field("I have been here before").check()
    expect(login).to_have_attribute("autocomplete", "username")
    expect(password).to_have_attribute("autocomplete", "current-password")
