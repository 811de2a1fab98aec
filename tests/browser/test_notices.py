"""Messages at the foot of the page: they can be read at leisure, and are then in nobody's way."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import check

TELL = """async ([text, answer]) => {
    const base = document.querySelector("script[src$='app.js']").src.replace("app.js", "");
    const { notice } = await import(`${base}lib/notices.js`);
    notice(text, answer ? { actions: [{ text: answer, run: () => {} }] } : {});
}"""


@pytest.fixture
def reader(person):
    """Return somebody whose time a test moves on."""
    one = person(phone=True)
    one.page.clock.install()
    one.open()
    expect(one.button("Register")).to_be_visible()
    return one


def told(one):
    return one.page.locator(".notice > span")


def pass_time(one, seconds):
    one.page.clock.fast_forward(seconds * 1000)


def test_message_stays_until_its_reader_goes_on(reader):
    reader.page.evaluate(TELL, ["Saved", None])
    pass_time(reader, 600)
    expect(told(reader)).to_have_text("Saved")
    reader.page.keyboard.press("Tab")
    expect(told(reader)).to_have_count(0)


def test_message_is_not_lost_by_what_is_done_at_once(reader):
    reader.page.evaluate(TELL, ["Saved", None])
    reader.page.keyboard.press("Tab")
    reader.field("Login").tap()
    expect(told(reader)).to_have_text("Saved")
    reader.button("Close").tap()
    expect(told(reader)).to_have_count(0)


def test_message_that_asks_stays_for_longer(reader):
    reader.page.evaluate(TELL, ["Nobody has come.", "Search again"])
    pass_time(reader, 7)
    reader.page.keyboard.press("Tab")
    expect(told(reader)).to_have_count(1)
    pass_time(reader, 30)
    reader.page.keyboard.press("Tab")
    expect(told(reader)).to_have_count(0)


def test_messages_stand_one_above_the_other(reader):
    for text in ("one", "two", "one", "three", "four"):
        reader.page.evaluate(TELL, [text, "Answer"])
    expect(told(reader)).to_have_text(["one", "three", "four"])
    boxes = [each.bounding_box() for each in reader.page.locator(".notice").all()]
    assert all(one["y"] + one["height"] < next["y"] for one, next in zip(boxes, boxes[1:]))
    check(reader, "notices", whole=False)
