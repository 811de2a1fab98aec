import docs.generate
from tests.docs.pages import read


def test_the_protocol_page_says_what_the_code_says():
    page = read("docs/protocol.md")
    assert docs.generate.filled(page) == page, "run `python -m docs.generate`"


def test_the_page_has_the_types_that_the_gateway_has():
    page_types = docs.generate.page_types
    assert page_types.TARGET.read_text() == page_types.declarations(), "`python -m docs.generate`"


def test_every_block_that_can_be_generated_is_on_the_page():
    page = read("docs/protocol.md")
    assert [name for _, name, _ in docs.generate.BLOCK.findall(page)] == list(docs.generate.BLOCKS)


def test_the_page_is_brought_up_to_date_and_the_rest_of_it_stays(tmp_path, monkeypatch):
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
