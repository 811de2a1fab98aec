"""What the server says of itself."""


def test_server_info_has_name_protocol_and_games(call):
    info = call("server.info")
    assert (info["name"], info["protocol"]) == ("Arbiter", "1.0")
    assert info["games"] == [
        {"name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2}
    ]
