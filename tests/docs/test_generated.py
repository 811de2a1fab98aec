"""What `python -m docs.generate` writes is up to date."""

import docs.generate
from tests.docs.pages import read


def test_the_protocol_page_is_up_to_date():
    page = read("docs/protocol.md")
    assert docs.generate.filled(page) == page, "run `python -m docs.generate`"


def test_the_types_of_the_web_client_are_up_to_date():
    page_types = docs.generate.page_types
    assert page_types.TARGET.read_text() == page_types.declarations(), "`python -m docs.generate`"


def test_every_generated_block_is_on_the_page():
    page = read("docs/protocol.md")
    assert [name for _, name, _ in docs.generate.BLOCK.findall(page)] == list(docs.generate.BLOCKS)


def test_only_generated_blocks_are_replaced(tmp_path, monkeypatch):
    page = tmp_path / "protocol.md"
    page.write_text("before\n<!-- generated: errors -->\nstale\n<!-- end -->\nafter\n")
    monkeypatch.setattr(docs.generate, "PROTOCOL", page)
    monkeypatch.setattr(docs.generate.packages, "PICTURE", tmp_path / "packages.svg")
    monkeypatch.setattr(docs.generate.page_types, "TARGET", tmp_path / "protocol.d.ts")
    for name in ("CONFIG", "OPERATIONS"):
        monkeypatch.setattr(docs.generate.settings, name, tmp_path / name)
        (tmp_path / name).touch()
    docs.generate.main()
    before, _, rest = page.read_text().partition("<!-- generated: errors -->\n")
    assert before == "before\n" and rest.endswith("|\n<!-- end -->\nafter\n")
    assert "stale" not in rest
