"""Parameters: unknown names are refused, null means left out, and bounds hold."""

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
    """The paths of all errors."""
    with pytest.raises(ValidationError) as caught:
        kind.read(given)
    return [".".join(map(str, error["loc"])) for error in caught.value.errors()]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_unknown_name_is_refused_also_with_null(kind):
    assert "surprise" in paths(kind, surprise=1)
    assert "surprise" in paths(kind, surprise=None)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (params.NewRoom, {}), (params.RoomPage, {}), (params.Search, {}),
        (params.SessionPage, {}), (params.OptionalLogin, {}), (params.ProfileChanges, {}),
        (params.SessionSince, {"session_id": "s"}), (params.Command, COMMAND),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_null_means_left_out(kind, given):
    nulls = {name: None for name in kind.model_fields if name not in given}
    assert nulls
    assert read(kind, **given, **nulls) == read(kind, **given)


@pytest.mark.parametrize("name", list(COMMAND))
def test_null_for_a_required_parameter_is_refused(name):
    assert paths(params.Command, **{**COMMAND, name: None}) == [name]


def test_all_errors_are_reported_at_once():
    assert sorted(paths(params.Registration, login="a", surprise=1)) == [
        "login", "password", "surprise"
    ]


@pytest.mark.parametrize(
    ("kind", "defaults"),
    [
        (params.NewRoom, {"game": "dobutsu", "options": {}, "seats": None}),
        (
            params.Search,
            {"game": "dobutsu", "options": {}, "rating_range": None, "seats": None},
        ),
        (params.RoomPage, {"game": None, "limit": 50, "after": None}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_defaults_are_those_of_the_protocol(kind, defaults):
    assert read(kind).model_dump() == defaults


class TestLogins:
    @pytest.mark.parametrize("login", ["abc", "A-z_09", "a" * 20, "---", "___", "123"])
    def test_valid_new_login_is_accepted(self, login):
        assert read(params.Registration, login=login, password="12345678").login == login

    @pytest.mark.parametrize(
        "login",
        ["", "ab", "a" * 21, "with space", "abc\n", "\nabc", "àbc", "аbс", "a.b", "a\0b",
         "abc\ud800", "ab１", "*.#", "a/b", 123, True, ["abc"], {}],
    )
    def test_invalid_new_login_is_refused(self, login):
        assert paths(params.Registration, login=login, password="12345678") == ["login"]

    @pytest.mark.parametrize("login", ["", "ab", "a" * 21, "with space", "é", "\ud800", "\0"])
    def test_looked_up_login_may_be_any_string(self, login):
        for kind, given in [(params.Login, {"password": "x"}), (params.OptionalLogin, {})]:
            read(kind, login=login, **given)

    def test_looked_up_valid_login_is_unchanged(self):
        assert read(params.OptionalLogin, login="Alice_-9").login == "Alice_-9"


class TestLookups:
    LOOKUPS = [
        (params.RoomId, "room_id"), (params.ConnectionKey, "connection_key"),
        (params.SessionId, "session_id"), (params.SessionSince, "session_id"),
    ]

    @pytest.mark.parametrize(("kind", "name"), LOOKUPS, ids=str)
    @pytest.mark.parametrize(
        "text", ["", "x" * 100_000, "é", "\0", "\n", "\ud800", "'; drop table", "*.#", "\u202e"]
    )
    def test_any_string_becomes_short_and_printable(self, kind, name, text):
        taken = getattr(read(kind, **{name: text}), name)
        assert taken.isascii()
        assert taken.isprintable()
        assert len(taken) <= 64

    @pytest.mark.parametrize("text", ["é" * 24, "x" * 65, "\0" * 12])
    def test_escaped_string_cannot_be_a_valid_id(self, text):
        taken = read(params.RoomId, room_id=text).room_id
        assert taken.startswith("'")

    @pytest.mark.parametrize(("kind", "name"), LOOKUPS, ids=str)
    @pytest.mark.parametrize("value", [1, 1.5, True, [], ["a"], {}])
    def test_non_string_is_refused(self, kind, name, value):
        assert paths(kind, **{name: value}) == [name]


class TestTexts:
    @pytest.mark.parametrize("password", ["12345678", "x" * 128, "пароль12", " " * 8, "\n" * 8])
    def test_new_password_of_8_to_128_characters_is_accepted(self, password):
        assert read(params.Registration, login="abc", password=password)
        assert read(params.PasswordChange, password="", new_password=password)

    @pytest.mark.parametrize("password", ["", "1234567", "x" * 129, 12345678, "1234567\0"])
    def test_invalid_new_password_is_refused(self, password):
        assert paths(params.Registration, login="abc", password=password) == ["password"]
        assert paths(params.PasswordChange, password="x", new_password=password) == ["new_password"]

    @pytest.mark.parametrize("password", ["", "x", "x" * 1000, "\0", "\ud800"])
    def test_current_password_may_be_any_string(self, password):
        assert read(params.Login, login="abc", password=password)
        assert read(params.Password, password=password)

    @pytest.mark.parametrize(
        ("name", "shortest", "longest"), [("display_name", 1, 50), ("bio", 0, 500)]
    )
    def test_profile_texts_have_length_limits(self, name, shortest, longest):
        assert read(params.ProfileChanges, **{name: "é" * shortest})
        assert read(params.ProfileChanges, **{name: "é" * longest})
        assert paths(params.ProfileChanges, **{name: "é" * (longest + 1)}) == [name]
        if shortest:
            assert paths(params.ProfileChanges, **{name: ""}) == [name]

    @pytest.mark.parametrize("name", ["display_name", "bio"])
    def test_length_of_a_text_is_said_in_characters(self, name):
        with pytest.raises(ValidationError) as caught:
            read(params.ProfileChanges, **{name: "é" * 501})
        [error] = caught.value.errors()
        assert error["msg"].startswith("String should have at most ")
        assert error["msg"].endswith(" characters")

    @pytest.mark.parametrize("name", [" ", "two\nlines", "\u3164", "a\u200bda"])
    def test_display_name_is_seen_as_it_is_written(self, name):
        assert paths(params.ProfileChanges, display_name=name) == ["display_name"]

    def test_bio_may_have_line_breaks(self):
        assert read(params.ProfileChanges, bio="two\nlines\n").bio == "two\nlines\n"

    @pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "\udfff"])
    @pytest.mark.parametrize(
        ("kind", "name", "given"),
        [
            (params.ProfileChanges, "display_name", {}), (params.ProfileChanges, "bio", {}),
            (params.Command, "command_id", COMMAND),
            (params.Registration, "password", {"login": "abc"}),
            (params.PasswordChange, "new_password", {"password": "x"}),
        ],
        ids=str,
    )
    def test_unstorable_text_is_refused(self, kind, name, given, text):
        assert paths(kind, **{**given, name: text.center(8, "x")}) == [name]


class TestNumbers:
    @pytest.mark.parametrize("limit", [1, 50, 100])
    def test_limit_of_1_to_100_is_accepted(self, limit):
        assert read(params.RoomPage, limit=limit).limit == limit
        assert read(params.SessionPage, limit=limit).limit == limit

    @pytest.mark.parametrize("limit", [0, -1, 101, 10**300, 1.5, "50", True, [50]])
    def test_invalid_limit_is_refused(self, limit):
        assert paths(params.RoomPage, limit=limit) == ["limit"]
        assert paths(params.SessionPage, limit=limit) == ["limit"]

    @pytest.mark.parametrize("version", [0, 1, 10**300])
    def test_any_version_from_0_is_accepted(self, version):
        assert read(params.Command, **COMMAND, version=version).version == version
        assert read(params.SessionSince, session_id="s", since=version).since == version

    @pytest.mark.parametrize("version", [-1, 1.5, "1", True, []])
    def test_invalid_version_is_refused(self, version):
        assert paths(params.Command, **COMMAND, version=version) == ["version"]
        assert paths(params.SessionSince, session_id="s", since=version) == ["since"]

    @pytest.mark.parametrize("rating_range", [0, 0.5, 100, 1e300])
    def test_any_finite_rating_range_is_accepted(self, rating_range):
        assert read(params.Search, rating_range=rating_range).rating_range == rating_range

    @pytest.mark.parametrize(
        "rating_range", [-1, -0.5, float("inf"), float("nan"), 10**400, "100", True]
    )
    def test_invalid_rating_range_is_refused(self, rating_range):
        assert paths(params.Search, rating_range=rating_range) == ["rating_range"]


class TestCommands:
    @pytest.mark.parametrize("command", [{}, {"type": 5}, {"move": [None]}, {"type": "castle"}])
    def test_any_object_is_accepted_as_command(self, command):
        assert read(params.Command, **{**COMMAND, "command": command}).command == command

    @pytest.mark.parametrize("command", ["resign", 5, True, [], [["type", "resign"]]])
    def test_command_that_is_not_an_object_is_refused(self, command):
        assert paths(params.Command, **{**COMMAND, "command": command}) == ["command"]

    @pytest.mark.parametrize("command_id", ["c", "x" * 64, "é" * 64, " "])
    def test_command_id_of_1_to_64_characters_is_accepted(self, command_id):
        assert read(params.Command, **{**COMMAND, "command_id": command_id})

    @pytest.mark.parametrize("command_id", ["", "x" * 65, 5, True])
    def test_invalid_command_id_is_refused(self, command_id):
        assert paths(params.Command, **{**COMMAND, "command_id": command_id}) == ["command_id"]


@pytest.mark.parametrize("options", ["x", 5, [], True])
def test_options_that_are_not_an_object_are_refused(options):
    for kind in (params.NewRoom, params.Search):
        assert paths(kind, options=options) == ["options"]


@pytest.mark.parametrize("status", ["over", "", 5, True])
def test_unknown_status_is_refused(status):
    assert read(params.SessionPage, status="active").status == "active"
    assert paths(params.SessionPage, status=status) == ["status"]
