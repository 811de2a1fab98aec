"""How the client's files are served, and whether its texts are complete."""

import gzip
import re

import pytest

from gateway.http.static import FOLDER, StaticFiles
from tests.browser.fetching import get
from tests.docs.pages import read

MAX_FIRST_LOAD_BYTES = 100 * 1024
FIRST_LOAD_OF_SCRIPTS = ["pieces.svg", "texts/ru.js", "texts/titles.ru.js"]  # the larger language
ADDRESS = re.compile(r'(?:href|src)="(/page/[^"]+)"')
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
    """Return the keys that calls of `t` name."""
    whole = "".join(path.read_text() for path in sources())
    return {
        key for call in CALL.finditer(whole)
        for key in CHOSEN.findall(first_argument(whole[call.end():]))
    }


def first_argument(source):
    """Return the first argument of a call whose source begins here."""
    depth, is_quoted = 0, False
    for at, sign in enumerate(source):
        is_quoted ^= sign == '"'
        if not is_quoted and depth == 0 and sign in ",)":
            return source[:at]
        depth += 0 if is_quoted else (sign in "([{") - (sign in ")]}")
    return source


class TestTexts:
    def test_both_languages_have_the_same_keys(self):
        assert texts("en") == texts("ru")

    def test_no_key_is_repeated(self):
        assert len(set(texts("en"))) == len(texts("en"))

    def test_every_used_key_exists(self):
        assert {"loading", "connection.lost", "room.own", "room.ownPrivate"} < used_keys()
        assert used_keys() - set(texts("en")) == set()
        beginnings = {key for path in sources() for key in MADE_UP.findall(path.read_text())}
        assert all(any(key.startswith(each) for key in texts("en")) for each in beginnings)

    def test_every_key_is_used(self):
        whole = "".join(path.read_text() for path in sources())
        beginnings = {key for path in sources() for key in MADE_UP.findall(path.read_text())}
        beginnings |= {"game.", "error.", "reason.", "square.", "search.", "suffix.", "piece."}
        unused = [
            key for key in texts("en")
            if f'"{key}"' not in whole and not any(key.startswith(each) for each in beginnings)
        ]
        assert unused == []

    def test_no_text_is_outside_the_files_of_texts(self):
        found = {path.name for path in sources() if CYRILLIC.search(path.read_text())}
        assert found == {"i18n.js"}  # which names the languages

    def test_placeholders_are_the_same_in_both(self):
        def places(language):
            lines = (FOLDER / "texts" / f"{language}.js").read_text().splitlines()
            return {
                match[1]: set(re.findall(r"\{(\w+)\}", line))
                for line in lines if (match := KEY.match(line))
            }

        assert places("en") == places("ru")


class TestFiles:
    def test_first_load_is_small(self):
        files = StaticFiles().files
        named = ADDRESS.findall(files["index.html"].content.decode())
        paths = {each.split("/", 3)[3] for each in named} | {"index.html", *FIRST_LOAD_OF_SCRIPTS}
        assert not any(path.startswith("pages/game") for path in paths)
        sizes = {path: len(files[path].compressed) for path in paths}
        assert sum(sizes.values()) < MAX_FIRST_LOAD_BYTES, sizes
        [said] = re.findall(r"first load is about (\d+) KB compressed", read("docs/web-client.md"))
        assert abs(sum(sizes.values()) / 1000 - int(said)) < 10

    def test_nothing_is_fetched_from_another_host(self):
        for path in FOLDER.rglob("*.*"):
            text = path.read_text().replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://", text), path


class TestHeaders:
    @pytest.fixture
    def page(self, stack):
        return get(stack, "/")

    def test_policy_allows_own_files_only(self, page, stack):
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy
        assert "unsafe" not in policy and "*" not in policy
        assert f"ws://127.0.0.1:{stack.port}" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "no-referrer"

    def test_page_is_revalidated_and_files_are_cached(self, page, stack):
        assert page.headers["Cache-Control"] == "no-cache"
        again = get(stack, "/", {"If-None-Match": page.headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
        addresses = ADDRESS.findall(page.body.decode())
        assert len(addresses) > 20
        for address in addresses:
            file = get(stack, address)
            assert file.status == 200 and "immutable" in file.headers["Cache-Control"]

    def test_files_of_another_version_are_not_cached(self, stack):
        file = get(stack, "/page/0123456789ab/app.js")
        assert (file.status, file.headers["Cache-Control"]) == (200, "no-cache")
        assert get(stack, "/page/app.js").headers["Cache-Control"] == "no-cache"
        assert get(stack, "/page/0123456789ab/none.js").status == 404
        assert get(stack, "/page/../app.py").status == 404

    def test_files_are_compressed_on_request(self, stack):
        packed = get(stack, "/page/app.js", {"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        plain = get(stack, "/page/app.js")
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(packed.body) == plain.body == (FOLDER / "app.js").read_bytes()

    def test_invalid_host_is_not_in_the_policy(self, stack):
        page = get(stack, "/", {"Host": "evil.example; script-src *"})
        assert "evil" not in page.headers["Content-Security-Policy"]
