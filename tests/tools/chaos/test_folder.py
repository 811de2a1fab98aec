"""The folder of a run is emptied, and kept for it alone."""

import pytest

from tools.chaos.__main__ import MARK, emptied
from tools.errors import ToolError


def test_what_an_earlier_run_has_left_is_gone(tmp_path):
    emptied(tmp_path / "chaos").close()
    (tmp_path / "chaos" / "log").mkdir()
    (tmp_path / "chaos" / "log" / "gateway.log").write_text("old")
    with emptied(tmp_path / "chaos"):
        assert [left.name for left in (tmp_path / "chaos").iterdir()] == [MARK]


def test_what_no_run_has_left_is_not_touched(tmp_path):
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(ToolError, match="not from an earlier run"):
        emptied(tmp_path)
    assert [left.name for left in tmp_path.iterdir()] == ["letter"]


def test_while_a_run_lasts_no_other_empties_its_folder(tmp_path):
    with emptied(tmp_path / "chaos"):
        (tmp_path / "chaos" / "log").write_text("new")
        with pytest.raises(ToolError, match="Another run uses"):
            emptied(tmp_path / "chaos")
        assert (tmp_path / "chaos" / "log").exists()
    with emptied(tmp_path / "chaos"):
        assert not (tmp_path / "chaos" / "log").exists()
