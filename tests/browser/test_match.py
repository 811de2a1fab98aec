"""A match as the page knows it, by answers and events that are made up."""

import pytest

PLAYERS = ["ann", "bob", "cas"]
MATCH = """async ({ answers, events = [] }) => {
  const { store } = await import("/page/lib/store.js");
  const { Match } = await import("/page/games/match.js");
  const { Notations } = await import("/page/games/notations.js");
  const asked = [];
  const answer = async (method, params) => {
    asked.push(`${method} ${params.since}`);
    return answers[method].length > 1 ? answers[method].shift() : answers[method][0];
  };
  store.rpc.call = answer;
  store.rpc.insist = (method, params) => answer(method, params());
  const match = new Match("m");
  const notations = new Notations(match, new AbortController().signal);
  await match.open();
  for (const [method, params] of events) {
    store.rpc.dispatchEvent(new CustomEvent("notification", {
      detail: { method, params: { session_id: "m", at: "2026-01-01T00:00:00Z", ...params } },
    }));
  }
  const { promise, resolve } = Promise.withResolvers();
  const look = () => match.first && resolve();
  match.addEventListener("change", look);
  look();
  await promise;
  %s
}"""
STEPS = """return match.steps.map(({ login, left, move, number, state }) => (
  [login, left ? null : move, number, state]
));"""


def event(version, **fields):
    return {"version": version, "at": f"2026-01-01T00:00:{version % 60:02}Z", **fields}


def moved(version, login, move, state, **fields):
    return event(
        version, type="session.state_changed", command={"login": login, "move": move},
        state=state, clocks=None, legal=[], to_move=["ann"], **fields,
    )


def left(version, login, state):
    return event(
        version, type="session.player_left", login=login, reason="resignation",
        state=state, clocks=None, legal=[], to_move=["ann"],
    )


def session(version, state, status="active"):
    return {
        "session_id": "m", "version": version, "state": state, "status": status, "legal": [],
        "players": PLAYERS, "connected": PLAYERS, "out": [], "to_move": ["ann"], "options": {},
        "claims": [], "clocks": None, "result": None, "spectators": 0,
    }


@pytest.fixture
def known(person):
    """Return what the page knows of a match."""
    page = person().open().page

    def ask(words, answers, events=()):
        answers = {"sessions.initial_state": [{"state": {"at": 0}}], **answers}
        return page.evaluate(MATCH % words, {"answers": answers, "events": list(events)})

    return ask


def test_a_step_is_shown_for_who_has_left(known):
    made = [
        moved(1, "ann", "a", {"at": 1}), left(2, "bob", {"at": 2}), moved(3, "cas", "c", {"at": 3}),
    ]
    connected = {"session": session(3, {"at": 3}), "events": made, "next": None}
    gone = left(4, "cas", {"at": 4})
    steps = known(STEPS, {"sessions.connect": [connected]}, [("session.player_left", gone)])
    assert steps == [
        ["ann", "a", 1, {"at": 1}], ["bob", None, 1, {"at": 2}], ["cas", "c", 2, {"at": 3}],
        ["cas", None, 2, {"at": 4}],
    ]


def test_secrets_of_a_game_that_ended_unseen_are_revealed(known):
    """The connection was lost when the game ended."""
    ended = event(2, type="session.ended", result=None)
    answers = {
        "sessions.connect": [
            {"session": session(1, {}), "events": [moved(1, "bob", None, {})], "next": None},
            {"session": session(2, {}, "ended"), "events": [ended], "next": None},
        ],
        "sessions.history": [{"events": [moved(1, "bob", "b", {}), ended], "next": None}],
    }
    again = """
      const revealed = new Promise((resolve, reject) => {
        match.addEventListener("change", () => match.steps[0].move && resolve());
        setTimeout(() => reject(new Error("nothing is revealed")), 20_000);
      });
      store.rpc.dispatchEvent(new Event("ready"));
      await revealed;
    """
    assert known(again + STEPS, answers) == [["bob", "b", 1, {}]]


def test_notations_are_read_past_pages_without_moves(known):
    """As when somebody has come and left often."""
    visits = {"events": [event(2, type="session.player_connected", login="bob")], "next": 2}
    written = {"events": [moved(3, "ann", "a", {}, notation="A")], "next": None}
    connected = {"session": session(3, {}), "events": [moved(3, "ann", "a", {})], "next": None}
    words = """
      await notations.look();
      return [notations.of(match.steps[0]), asked];
    """
    answers = {"sessions.connect": [connected], "sessions.history": [visits, written]}
    [notation, asked] = known(words, answers)
    assert notation == "A"
    assert asked[-2:] == ["sessions.history 0", "sessions.history 2"]


@pytest.mark.parametrize(("rated", "shown"), [(True, 1500), (False, None)])
def test_newcomer_has_a_rating_only_in_a_rated_game(person, rated, shown):
    """Neither guests nor the computer ever have one."""
    rating = person().open().page.evaluate("""async (rated) => {
      const { store } = await import("/page/lib/store.js");
      const { Standings } = await import("/page/games/standings.js");
      store.login = "ann";
      store.rpc.call = async () => ({ ratings_by_speed: {} });
      const session = { players: ["ann"], game: "chess", options: { rated } };
      const standings = new Standings({ session });
      await standings.look();
      return standings.of("ann")?.rating ?? null;
    }""", rated)
    assert rating == shown
