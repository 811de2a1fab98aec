"""What clients may send: unknown names are refused, null is as if left out, and limits hold."""

import pytest
from pydantic import ValidationError

from gateway.protocol import params
from gateway.protocol.params import Params

COMMAND = {"session_id": "s", "command": {"type": "resign"}, "command_id": "c"}
ALL = [
    each for each in vars(params).values()
    if isinstance(each, type) and issubclass(each, Params) and each is not Params
]


def read(kind, **given):
    return kind.read(given)


def paths(kind, **given):
    """The paths of all that is wrong."""
    with pytest.raises(ValidationError) as caught:
        kind.read(given)
    return [".".join(map(str, error["loc"])) for error in caught.value.errors()]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_unknown_name_is_refused_by_its_path_null_or_not(kind):
    assert "surprise" in paths(kind, surprise=1)
    assert "surprise" in paths(kind, surprise=None)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (params.NewRoom, {}), (params.RoomPage, {}), (params.Search, {}),
        (params.SessionPage, {}), (params.AccountOf, {}), (params.Profile, {}),
        (params.SessionSince, {"session_id": "s"}), (params.Command, COMMAND),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_null_is_as_if_left_out(kind, given):
    nulls = {name: None for name in kind.model_fields if name not in given}
    assert nulls
    assert read(kind, **given, **nulls) == read(kind, **given)


@pytest.mark.parametrize("name", list(COMMAND))
def test_null_for_what_is_needed_is_missing(name):
    assert paths(params.Command, **{**COMMAND, name: None}) == [name]


def test_everything_that_is_wrong_is_told_at_once():
    assert sorted(paths(params.Registration, login="a", surprise=1)) == [
        "login", "password", "surprise"
    ]


@pytest.mark.parametrize(
    ("kind", "defaults"),
    [
        (params.NewRoom, {"game": "dobutsu", "options": {}, "seats": None}),
        (params.Search, {"game": "dobutsu", "options": {}, "rating_range": None}),
        (params.RoomPage, {"game": None, "limit": 50, "after": None}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_left_out_has_the_agreed_default(kind, defaults):
    assert read(kind).model_dump() == defaults


class TestLogins:
    @pytest.mark.parametrize("login", ["abc", "A-z_09", "a" * 20, "---", "___", "123"])
    def test_a_new_one_has_3_to_20_of_the_characters_agreed_on(self, login):
        assert read(params.Registration, login=login, password="12345678").login == login

    @pytest.mark.parametrize(
        "login",
        ["", "ab", "a" * 21, "with space", "abc\n", "\nabc", "àbc", "аbс", "a.b", "a\0b",
         "abc\ud800", "ab１", "*.#", "a/b", 123, True, ["abc"], {}],
    )
    def test_a_new_one_of_another_form_is_refused(self, login):
        assert paths(params.Registration, login=login, password="12345678") == ["login"]

    @pytest.mark.parametrize("login", ["", "ab", "a" * 21, "with space", "é", "\ud800", "\0"])
    def test_one_that_is_looked_up_may_be_any_string_for_it_is_found_nowhere(self, login):
        for kind, given in [(params.Login, {"password": "x"}), (params.AccountOf, {})]:
            read(kind, login=login, **given)

    def test_one_that_is_looked_up_and_of_the_right_form_is_left_as_it_is(self):
        assert read(params.AccountOf, login="Alice_-9").login == "Alice_-9"


class TestWhatIsLookedUp:
    LOOKED_UP = [
        (params.RoomOf, "room_id"), (params.KeyOf, "connection_key"),
        (params.SessionOf, "session_id"), (params.SessionSince, "session_id"),
    ]

    @pytest.mark.parametrize(("kind", "name"), LOOKED_UP, ids=str)
    @pytest.mark.parametrize(
        "text", ["", "x" * 100_000, "é", "\0", "\n", "\ud800", "'; drop table", "*.#", "\u202e"]
    )
    def test_any_string_is_taken_and_can_stand_in_a_message(self, kind, name, text):
        taken = getattr(read(kind, **{name: text}), name)
        assert taken.isascii()
        assert taken.isprintable()
        assert len(taken) <= 64

    @pytest.mark.parametrize("text", ["é" * 24, "x" * 65, "\0" * 12])
    def test_what_was_made_printable_is_no_id_that_there_could_be(self, text):
        taken = read(params.RoomOf, room_id=text).room_id
        assert taken.startswith("'")

    @pytest.mark.parametrize(("kind", "name"), LOOKED_UP, ids=str)
    @pytest.mark.parametrize("value", [1, 1.5, True, [], ["a"], {}])
    def test_what_is_no_string_is_refused(self, kind, name, value):
        assert paths(kind, **{name: value}) == [name]


class TestTexts:
    @pytest.mark.parametrize("password", ["12345678", "x" * 128, "пароль12", " " * 8, "\n" * 8])
    def test_a_new_password_has_8_to_128_characters_of_any_script(self, password):
        assert read(params.Registration, login="abc", password=password)
        assert read(params.PasswordChange, password="", new_password=password)

    @pytest.mark.parametrize("password", ["", "1234567", "x" * 129, 12345678, "1234567\0"])
    def test_another_one_is_refused(self, password):
        assert paths(params.Registration, login="abc", password=password) == ["password"]
        assert paths(params.PasswordChange, password="x", new_password=password) == ["new_password"]

    @pytest.mark.parametrize("password", ["", "x", "x" * 1000, "\0", "\ud800"])
    def test_a_password_that_is_only_compared_may_be_any_string(self, password):
        assert read(params.Login, login="abc", password=password)
        assert read(params.Password, password=password)

    @pytest.mark.parametrize(
        ("name", "shortest", "longest"), [("display_name", 1, 50), ("bio", 0, 500)]
    )
    def test_a_profile_keeps_its_limits(self, name, shortest, longest):
        assert read(params.Profile, **{name: "é" * shortest})
        assert read(params.Profile, **{name: "é" * longest})
        assert paths(params.Profile, **{name: "é" * (longest + 1)}) == [name]
        if shortest:
            assert paths(params.Profile, **{name: ""}) == [name]

    @pytest.mark.parametrize(
        "name",
        ["É", "Анна Ли", " x ", "名前", "שלום", "عمر", "Ana\u0308", "👩\u200d🚀", "❤\ufe0f",
         "نی\u200cما"],
    )
    def test_a_name_to_be_shown_is_of_any_script_and_may_have_joiners(self, name):
        assert read(params.Profile, display_name=name).display_name == name

    @pytest.mark.parametrize(
        "name",
        [" ", "\u3000\u00a0", "\u200b", "\u200d\u2060", "two\nlines", "tab\t", "\x1b[31m", "\x7f",
         "a\x85", "a\u2028b", "a\u2029b", *(f"a{each}b" for each in params.BIDIRECTIONAL)],
    )
    def test_a_name_that_shows_nothing_or_changes_what_is_around_it_is_refused(self, name):
        assert paths(params.Profile, display_name=name) == ["display_name"]

    def test_a_few_words_may_have_line_breaks(self):
        assert read(params.Profile, bio="two\nlines\n").bio == "two\nlines\n"

    @pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "\udfff"])
    @pytest.mark.parametrize(
        ("kind", "name", "given"),
        [
            (params.Profile, "display_name", {}), (params.Profile, "bio", {}),
            (params.Command, "command_id", COMMAND),
            (params.Registration, "password", {"login": "abc"}),
            (params.PasswordChange, "new_password", {"password": "x"}),
        ],
        ids=str,
    )
    def test_what_is_kept_is_text_that_a_database_can_keep(self, kind, name, given, text):
        assert paths(kind, **{**given, name: text.center(8, "x")}) == [name]


class TestNumbers:
    @pytest.mark.parametrize("limit", [1, 50, 100])
    def test_a_page_has_1_to_100(self, limit):
        assert read(params.RoomPage, limit=limit).limit == limit
        assert read(params.SessionPage, limit=limit).limit == limit

    @pytest.mark.parametrize("limit", [0, -1, 101, 10**300, 1.5, "50", True, [50]])
    def test_another_limit_is_refused(self, limit):
        assert paths(params.RoomPage, limit=limit) == ["limit"]
        assert paths(params.SessionPage, limit=limit) == ["limit"]

    @pytest.mark.parametrize("version", [0, 1, 10**300])
    def test_a_version_counts_from_0_and_may_be_none_that_there_is(self, version):
        assert read(params.Command, **COMMAND, version=version).version == version
        assert read(params.SessionSince, session_id="s", since=version).since == version

    @pytest.mark.parametrize("version", [-1, 1.5, "1", True, []])
    def test_another_version_is_refused(self, version):
        assert paths(params.Command, **COMMAND, version=version) == ["version"]
        assert paths(params.SessionSince, session_id="s", since=version) == ["since"]

    @pytest.mark.parametrize("rating_range", [0, 0.5, 100, 1e300])
    def test_a_rating_range_is_any_number_of_points(self, rating_range):
        assert read(params.Search, rating_range=rating_range).rating_range == rating_range

    @pytest.mark.parametrize(
        "rating_range", [-1, -0.5, float("inf"), float("nan"), 10**400, "100", True]
    )
    def test_another_range_is_refused(self, rating_range):
        assert paths(params.Search, rating_range=rating_range) == ["rating_range"]


class TestCommands:
    @pytest.mark.parametrize("command", [{}, {"type": 5}, {"move": [None]}, {"type": "castle"}])
    def test_any_object_is_one_for_the_session_to_judge(self, command):
        assert read(params.Command, **{**COMMAND, "command": command}).command == command

    @pytest.mark.parametrize("command", ["resign", 5, True, [], [["type", "resign"]]])
    def test_what_is_no_object_is_refused(self, command):
        assert paths(params.Command, **{**COMMAND, "command": command}) == ["command"]

    @pytest.mark.parametrize("command_id", ["c", "x" * 64, "é" * 64, " "])
    def test_its_id_has_1_to_64_characters(self, command_id):
        assert read(params.Command, **{**COMMAND, "command_id": command_id})

    @pytest.mark.parametrize("command_id", ["", "x" * 65, 5, True])
    def test_another_id_is_refused(self, command_id):
        assert paths(params.Command, **{**COMMAND, "command_id": command_id}) == ["command_id"]


@pytest.mark.parametrize("options", ["x", 5, [], True])
def test_options_are_an_object(options):
    for kind in (params.NewRoom, params.Search):
        assert paths(kind, options=options) == ["options"]


@pytest.mark.parametrize("status", ["over", "", 5, True])
def test_a_status_is_one_that_there_is(status):
    assert read(params.SessionPage, status="active").status == "active"
    assert paths(params.SessionPage, status=status) == ["status"]
