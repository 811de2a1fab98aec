"""What tests are given of the release before."""

import tarfile
from pathlib import Path

import pytest

ARCHIVE = Path(__file__).with_name("baseline") / "arbiter-0.1.0.tar.xz"


@pytest.fixture(scope="session")
def baseline(tmp_path_factory):
    """The folder of the release before."""
    folder = tmp_path_factory.mktemp("baseline")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder
