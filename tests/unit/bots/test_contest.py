"""The table of games that two levels play against each other."""

import re
import sys

from bots import contest


def test_the_contests_are_printed_as_a_table(monkeypatch, capsys):
    given = ["contest", "dobutsu", "--levels", "2", "1", "--games", "2", "--hurry", "1000"]
    monkeypatch.setattr(sys, "argv", given)
    contest.main()
    header, line, row = capsys.readouterr().out.splitlines()
    assert "level 2 won" in header and header.count("|") == line.count("|") == row.count("|")
    name, _, *counts = re.findall(r"[^| ]+", row.partition(" s ")[0])[:6]
    assert name == "dobutsu" and sum(map(int, counts[1:])) == int(counts[0]) == 2
