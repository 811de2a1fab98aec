"""Registering, logging in and out, the profile, and the end of an account."""

from playwright.sync_api import expect

from tests.browser.people import PASSWORD


def test_player_logs_out_and_in_again(person):
    one = person().arrive()
    one.button("Log out").click()
    expect(one.button("Register")).to_be_visible()
    one.field("Login").fill(one.login)
    one.field("Password").fill("wrong horse")
    one.button("Log in").click()
    expect(one.page.get_by_text("do not match")).to_be_visible()
    one.field("Password").fill(PASSWORD)
    one.button("Log in").click()
    expect(one.button("Find an opponent")).to_be_visible()
    one.page.reload()
    expect(one.button("Find an opponent")).to_be_visible()


def test_error_is_shown_beside_its_field(person):
    one = person().open()
    one.field("Login").fill("a b")
    one.field("Password").fill("short")
    one.button("Register").click()
    expect(one.field("Login")).to_have_attribute("aria-invalid", "true")
    expect(one.page.get_by_text("At least 8 characters, please")).to_be_visible()
    expect(one.field("Login")).to_be_focused()


def test_login_lasts_as_long_as_the_tab_unless_asked(person):
    one = person().arrive()
    kept = """() => [sessionStorage, localStorage].map(
      (each) => each.getItem("arbiter.tokens") !== null)"""
    assert one.page.evaluate(kept) == [True, False]
    one.button("Log out").click()
    expect(one.button("Register")).to_be_visible()
    assert one.page.evaluate(kept) == [False, False]
    one.field("Keep me signed in on this device").check()
    one.field("Login").fill(one.login)
    one.field("Password").fill(PASSWORD)
    one.button("Log in").click()
    expect(one.button("Find an opponent")).to_be_visible()
    assert one.page.evaluate(kept) == [False, True]
    second = one.context.new_page()
    second.goto(one.base)
    expect(second.get_by_role("button", name="Find an opponent")).to_be_visible()


def test_profile_and_password_are_changed(person):
    one = person().arrive()
    one.page.get_by_role("link", name=one.login).click()
    one.field("Name to show").fill("Ada L.")
    one.field("About you").fill("I like lions.")
    one.button("Save").click()
    expect(one.page.get_by_role("heading", name="Ada L.")).to_be_visible()
    expect(one.page.locator(".bio")).to_have_text("I like lions.")
    one.field("Current password").fill(PASSWORD)
    one.field("New password").fill("another horse")
    one.button("Change password").click()
    expect(one.button("Log in")).to_be_visible()
    one.field("Login").fill(one.login)
    one.field("Password").fill("another horse")
    one.button("Log in").click()
    expect(one.button("Find an opponent")).to_be_visible()


def test_password_that_is_easy_to_guess_is_refused_at_its_field(person):
    one = person().open()
    one.field("Login").fill(one.login)
    one.field("Password").fill(f"{one.login}1")
    one.button("Register").click()
    expect(one.page.locator("#field-password-error")).to_contain_text("easy to guess")
    one.register()


def test_account_is_deleted(person):
    one = person().arrive()
    one.page.get_by_role("link", name=one.login).click()
    one.page.get_by_text("Delete account").click()
    one.field("Your password, to be sure").fill(PASSWORD)
    one.button("Delete for good").click()
    expect(one.button("Register")).to_be_visible()
    one.field("Login").fill(one.login)
    one.field("Password").fill(PASSWORD)
    one.button("Register").click()
    expect(one.page.get_by_text("This name is taken")).to_be_visible()
