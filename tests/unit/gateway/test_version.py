"""The version that a gateway tells, installed or run from a checkout."""

import importlib
import importlib.metadata

import pytest

from gateway import version


@pytest.fixture
def read_again(monkeypatch):
    """Return a function that reads the version of an installed distribution, if there is one."""

    def read(found):
        def find(name):
            if found is None:
                raise importlib.metadata.PackageNotFoundError(name)
            return found

        monkeypatch.setattr(importlib.metadata, "version", find)
        return importlib.reload(version).VERSION

    yield read
    monkeypatch.undo()
    importlib.reload(version)


@pytest.mark.parametrize(("installed", "told"), [("1.2.3", "1.2.3"), (None, "0")])
def test_the_version_is_that_of_the_distribution(read_again, installed, told):
    assert read_again(installed) == told
