"""The folder of a run is emptied and locked."""

import pytest

from tools.chaos.__main__ import LOCK_NAME, emptied_folder
from tools.errors import ToolError


def test_files_of_an_earlier_run_are_deleted(tmp_path):
    emptied_folder(tmp_path / "chaos").close()
    (tmp_path / "chaos" / "log").mkdir()
    (tmp_path / "chaos" / "log" / "gateway.log").write_text("old")
    with emptied_folder(tmp_path / "chaos"):
        assert [path.name for path in (tmp_path / "chaos").iterdir()] == [LOCK_NAME]


def test_files_of_no_run_are_not_deleted(tmp_path):
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(ToolError, match="not from an earlier run"):
        emptied_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


def test_the_folder_of_a_run_is_locked(tmp_path):
    with emptied_folder(tmp_path / "chaos"):
        (tmp_path / "chaos" / "log").write_text("new")
        with pytest.raises(ToolError, match="Another run uses"):
            emptied_folder(tmp_path / "chaos")
        assert (tmp_path / "chaos" / "log").exists()
    with emptied_folder(tmp_path / "chaos"):
        assert not (tmp_path / "chaos" / "log").exists()
