"""The folder of a run is emptied, and kept for it alone."""

import pytest

from chaos.__main__ import emptied
from launch import Trouble


def test_what_an_earlier_run_has_left_is_gone(tmp_path):
    (tmp_path / "chaos").mkdir()
    (tmp_path / "chaos" / "log").write_text("old")
    with emptied(tmp_path / "chaos"):
        assert list((tmp_path / "chaos").iterdir()) == []


def test_while_a_run_lasts_no_other_empties_its_folder(tmp_path):
    with emptied(tmp_path / "chaos"):
        (tmp_path / "chaos" / "log").write_text("new")
        with pytest.raises(Trouble, match="Another run uses"):
            emptied(tmp_path / "chaos")
        assert (tmp_path / "chaos" / "log").exists()
    with emptied(tmp_path / "chaos"):
        assert not (tmp_path / "chaos" / "log").exists()
