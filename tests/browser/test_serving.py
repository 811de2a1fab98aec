"""How the client's files are served, and whether its texts are complete."""

import gzip
import re

import pytest

from gateway.http.static import FOLDER, StaticFiles
from tests.browser.fetching import get
from tests.docs.pages import read

MOST_AT_FIRST = 150 * 1024
KEY = re.compile(r'^ {2}"([^"]+)":', re.MULTILINE)
CALL = re.compile(r"\bt\(")
CHOSEN = re.compile(r'(?:^|[?:] )"([^"]+)"')  # as it is, or by what holds
MADE_UP = re.compile(r'\bt\(`([^`$]+)\$')
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def texts(language):
    return KEY.findall((FOLDER / "texts" / f"{language}.js").read_text())


def sources():
    return [path for path in FOLDER.rglob("*.js") if path.parent.name != "texts"]


def used_keys():
    """The keys of all texts that are named where one is asked for."""
    whole = "".join(path.read_text() for path in sources())
    return {
        key for call in CALL.finditer(whole)
        for key in CHOSEN.findall(first_argument(whole[call.end():]))
    }


def first_argument(source):
    """What stands before the first comma, or before the call's end."""
    depth, is_quoted = 0, False
    for at, sign in enumerate(source):
        is_quoted ^= sign == '"'
        if not is_quoted and depth == 0 and sign in ",)":
            return source[:at]
        depth += 0 if is_quoted else (sign in "([{") - (sign in ")]}")
    return source


class TestTexts:
    def test_both_languages_have_the_same(self):
        assert texts("en") == texts("ru")

    def test_none_is_there_twice(self):
        assert len(set(texts("en"))) == len(texts("en"))

    def test_every_one_that_is_used_is_there(self):
        assert {"loading", "connection.lost", "room.own", "room.ownPrivate"} < used_keys()
        assert used_keys() - set(texts("en")) == set()
        beginnings = {key for path in sources() for key in MADE_UP.findall(path.read_text())}
        assert all(any(key.startswith(each) for key in texts("en")) for each in beginnings)

    def test_every_one_that_is_there_is_used(self):
        whole = "".join(path.read_text() for path in sources())
        beginnings = {key for path in sources() for key in MADE_UP.findall(path.read_text())}
        beginnings |= {"game.", "error.", "reason.", "square.", "search.", "suffix.", "piece."}
        unused = [
            key for key in texts("en")
            if f'"{key}"' not in whole and not any(key.startswith(each) for each in beginnings)
        ]
        assert unused == []

    def test_no_text_stands_beside_them(self):
        found = {path.name for path in sources() if CYRILLIC.search(path.read_text())}
        assert found == {"i18n.js"}  # which names the languages

    def test_places_to_fill_in_are_the_same_in_both(self):
        def places(language):
            lines = (FOLDER / "texts" / f"{language}.js").read_text().splitlines()
            return {
                match[1]: set(re.findall(r"\{(\w+)\}", line))
                for line in lines if (match := KEY.match(line))
            }

        assert places("en") == places("ru")


class TestFiles:
    def test_the_first_load_is_small(self):
        files = StaticFiles().files
        sizes = {path: len(file.compressed) for path, file in files.items()}
        assert sum(sizes.values()) < MOST_AT_FIRST, sizes
        [said] = re.findall(r"together is about (\d+) KB compressed", read("docs/web-client.md"))
        assert abs(sum(sizes.values()) / 1000 - int(said)) < 10

    def test_nothing_is_fetched_from_another_host(self):
        for path in FOLDER.rglob("*.*"):
            text = path.read_text().replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://", text), path


class TestHeaders:
    @pytest.fixture
    def page(self, stack):
        return get(stack, "/")

    def test_the_page_may_run_its_own_files_and_nothing_else(self, page, stack):
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy
        assert "unsafe" not in policy and "*" not in policy
        assert f"ws://127.0.0.1:{stack.port}" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "no-referrer"

    def test_the_page_is_asked_for_again_and_its_files_are_kept_for_ever(self, page, stack):
        assert page.headers["Cache-Control"] == "no-cache"
        again = get(stack, "/", {"If-None-Match": page.headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
        addresses = re.findall(r'(?:href|src)="(/page/[^"]+)"', page.body.decode())
        assert len(addresses) > 20
        for address in addresses:
            file = get(stack, address)
            assert file.status == 200 and "immutable" in file.headers["Cache-Control"]

    def test_what_another_version_names_is_served_and_not_kept(self, stack):
        file = get(stack, "/page/0123456789ab/app.js")
        assert (file.status, file.headers["Cache-Control"]) == (200, "no-cache")
        assert get(stack, "/page/app.js").headers["Cache-Control"] == "no-cache"
        assert get(stack, "/page/0123456789ab/none.js").status == 404
        assert get(stack, "/page/../app.py").status == 404

    def test_files_are_compressed_for_who_takes_that(self, stack):
        packed = get(stack, "/page/app.js", {"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        plain = get(stack, "/page/app.js")
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(packed.body) == plain.body == (FOLDER / "app.js").read_bytes()

    def test_a_strange_host_gets_into_no_policy(self, stack):
        page = get(stack, "/", {"Host": "evil.example; script-src *"})
        assert "evil" not in page.headers["Content-Security-Policy"]
