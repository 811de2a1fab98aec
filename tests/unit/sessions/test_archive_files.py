"""The archive of ended sessions: its files, and its command."""

import gzip
import json
import subprocess
import sys
import tracemalloc

import pytest

from arbiter_games import plugins
from arbiter_games.dobutsu import Dobutsu
from sessions import archive_files
from sessions.archive_files import Archive, read
from tests.process import ROOT

DAY = 86_400.0
MONDAY = 1_700_438_400.0  # 2023-11-20T00:00:00Z


def ended(session_id, at=MONDAY):
    return {
        "session_id": session_id, "game": "dobutsu", "players": ["alice", "bob"], "ended_at": at,
        "result": {"winner": "alice", "reason": "lion_caught"}, "events": [],
    }


def exported(session_id):
    """Return a session with all that exporting it needs."""
    return {
        **ended(session_id), "options": {"rated": True, "clock": None}, "private": False,
        "state": {}, "created_at": MONDAY, "seed": "",
    }


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archive"


def files(folder):
    return sorted(path.name.partition(".")[0] for path in folder.iterdir())


def ids(folder):
    return [record["session_id"] for record in read(folder)]


def test_records_are_read_as_they_were_written(folder):
    records = [ended("s1"), {**ended("s2"), "players": ["アリス", "bob"]}]
    Archive(folder).append(records)
    assert list(read(folder)) == records


def test_a_long_session_is_written_in_pieces(folder):
    kept = Archive(folder)
    events = ({"version": number, "data": "x" * 100_000} for number in range(200))
    tracemalloc.start()
    try:
        kept.append([{**ended("s1"), "events": events}])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000  # of 20 MB
    [record] = read(folder)
    assert [each["version"] for each in record["events"]] == list(range(200))


def test_each_day_has_a_file(folder):
    kept = Archive(folder)
    kept.append([ended("s1"), ended("s2", MONDAY + DAY - 0.001), ended("s3", MONDAY + DAY)])
    kept.append([ended("s4", MONDAY + DAY + 1)])
    assert files(folder) == ["2023-11-20", "2023-11-21"]
    assert ids(folder) == ["s1", "s2", "s3", "s4"]


def test_each_line_of_a_file_is_a_session(folder):
    kept = Archive(folder)
    kept.append([ended("s1")])
    kept.append([ended("s2")])
    [path] = folder.iterdir()
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert [json.loads(line)["session_id"] for line in lines] == ["s1", "s2"]


def test_no_two_processes_write_into_one_file(folder):
    for session_id in ("s1", "s2"):
        Archive(folder).append([ended(session_id)])
    assert len(list(folder.iterdir())) == 2
    assert sorted(ids(folder)) == ["s1", "s2"]


def test_a_record_written_twice_is_read_once(folder):
    for _ in range(2):
        Archive(folder).append([ended("s1")])
    assert ids(folder) == ["s1"]


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.5, 0.9, 0.99])
def test_a_torn_end_costs_no_whole_record(folder, share):
    writer = Archive(folder)
    writer.append([ended("s1")])
    [path] = folder.iterdir()
    whole = path.stat().st_size
    writer.append([ended("s2")])
    torn = int((path.stat().st_size - whole) * share)
    path.write_bytes(path.read_bytes()[: whole + torn])
    assert ids(folder)[0] == "s1"


def test_nothing_is_appended_after_a_failed_write(folder, monkeypatch):
    writer = Archive(folder)
    writer.append([ended("s1")])

    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr(archive_files.os, "fsync", full)
    with pytest.raises(OSError):
        writer.append([ended("s2")])
    monkeypatch.undo()
    writer.append([ended("s3")])
    assert sorted(files(folder)) == ["2023-11-20", "2023-11-20"]
    assert set(ids(folder)) >= {"s1", "s3"}


def test_only_its_owner_can_read_the_archive(folder):
    Archive(folder).append([ended("s1")])
    [path] = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


class TestCommand:
    def test_list_prints_a_line_for_each_session(self, folder, capsys):
        Archive(folder).append([ended("s1"), ended("s2")])
        assert archive_files.main(["list", str(folder)]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == [
            "s1", "2023-11-20T00:00:00+00:00", "dobutsu", "alice,", "bob", "lion_caught"
        ]
        assert len(lines) == 2

    def test_show_prints_a_session_as_json(self, folder, capsys):
        Archive(folder).append([ended("s1")])
        assert archive_files.main(["show", str(folder), "s1"]) == 0
        assert json.loads(capsys.readouterr().out) == ended("s1")

    def test_an_unknown_session_is_reported(self, folder, capsys):
        Archive(folder)
        assert archive_files.main(["export", str(folder), "s1"]) == 1
        assert capsys.readouterr().err == f"There is no session s1 in {folder}\n"

    def test_missing_folder_is_told_from_an_empty_one(self, folder, capsys):
        with pytest.raises(SystemExit):
            archive_files.main(["list", str(folder)])
        assert f"there is no folder {folder}" in capsys.readouterr().err

    def test_export_goes_by_the_rules_of_the_beginning(self, folder, capsys, monkeypatch):
        class Begun(Dobutsu):
            title = "Dobutsu of old"

        monkeypatch.setattr(plugins, "load_former", lambda games: {("dobutsu", 1): Begun()})
        changed = {"game_version": 2, "progress": {"former_rules": [[3, 1]]}}
        Archive(folder).append([{**exported("s1"), **changed}])
        assert archive_files.main(["export", str(folder), "s1"]) == 0
        assert capsys.readouterr().out.startswith("Game: Dobutsu of old\n")

    @pytest.mark.parametrize(("command", "game", "said"), [
        ("show", "dobutsu", ""),
        ("export", "gone", "The session is one of gone, which is not installed here\n"),
    ])
    def test_the_command_runs_as_documented(self, folder, command, game, said):
        record = {**exported("s1"), "game": game}
        Archive(folder).append([record])
        ran = subprocess.run(
            [sys.executable, "-m", "sessions.archive_files", command, folder, "s1"],
            cwd=ROOT, capture_output=True, text=True, timeout=60,
        )
        assert (ran.returncode, ran.stderr) == (bool(said), said)
        if command == "show":
            assert json.loads(ran.stdout) == record
