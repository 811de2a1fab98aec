"""The picture of the packages shows the imports of the sources, and none goes up."""

from docs import packages


def test_the_picture_shows_the_imports_of_the_sources():
    assert packages.PICTURE.read_text() == packages.picture(), "run `python -m docs.generate`"


def test_no_import_goes_up_the_picture():
    assert packages.against_the_rows() == []


def test_an_import_that_goes_up_is_found(tmp_path, monkeypatch):
    for name in (name for row in packages.ROWS for name in row):
        (tmp_path / name).mkdir()
    (tmp_path / "sessions" / "service.py").write_text("import gateway.app\n")
    (tmp_path / "rooms" / "service.py").write_text("from sessions.events import EXCHANGE\n")
    monkeypatch.setattr(packages, "ROOT", tmp_path)
    assert packages.against_the_rows() == [("sessions", "gateway")]
