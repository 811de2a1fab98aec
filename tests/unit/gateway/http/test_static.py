"""The files of the page: which are served, and their version."""

from gateway.http.static import StaticFiles


def test_only_what_a_page_uses_is_served():
    files = StaticFiles().files
    assert {"index.html", "app.js", "css/base.css", "mark.svg"} < set(files)
    assert {path.rpartition(".")[2] for path in files} == {"html", "css", "js", "svg"}


def test_version_changes_with_served_files_only(tmp_path):
    (tmp_path / "index.html").write_text("{{base}} {{modules}}")
    (tmp_path / "app.js").write_text("1")
    version = StaticFiles(tmp_path).version
    (tmp_path / "__init__.py").write_text("")
    assert StaticFiles(tmp_path).version == version
    (tmp_path / "app.js").write_text("2")
    assert StaticFiles(tmp_path).version != version
