"""What a file system is told of a folder."""

from array import array
from pathlib import Path

import pytest

from tools.launch import folder_flags

ENCRYPTED = 0x800


def test_a_distributed_folder_keeps_its_other_flags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = array("i", [ENCRYPTED])

    def ioctl(descriptor: int, request: int, given: "array[int]") -> None:
        if request == folder_flags.GET_FLAGS:
            given[:] = flags
        elif request == folder_flags.SET_FLAGS:
            flags[:] = given

    monkeypatch.setattr(folder_flags.fcntl, "ioctl", ioctl)
    folder_flags.distribute(tmp_path)
    assert folder_flags.is_distributed(tmp_path)
    assert flags[0] == ENCRYPTED | folder_flags.TOP_OF_HIERARCHY
