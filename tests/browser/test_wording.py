"""Texts, in every language, for all that the server can say."""

import ast
import re
from collections.abc import Iterator

import arbiter_games.chess
import sessions.match
from arbiter_games.plugins import load_games
from gateway.http.static import FOLDER
from gateway.protocol.errors import CODES
from tests.browser.people import ROOT
from tests.browser.test_serving import KEY

LANGUAGES = {"en": ("one", "other"), "ru": ("one", "few", "many", "other")}
COUNTED = re.compile(r"\{count\}")
FORM = re.compile(r"\b(one|two|few|many|other): \"")
GAMES = [*(ROOT / "arbiter_games").glob("*.py")]
ENDS = re.compile(r"Outcome|\bEnd\b")  # what is returned where a game may end


def lines(language: str) -> dict[str, str]:
    """Return the line of each text, by its key."""
    all_lines = (FOLDER / "texts" / f"{language}.js").read_text().splitlines()
    return {match[1]: line for line in all_lines if (match := KEY.match(line))}


def words_in(node: ast.AST) -> Iterator[str]:
    """Yield the strings in a piece of code that are values, and not keys."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Subscript) and child is node.slice):
            yield from words_in(child)


def reasons_of_games() -> set[str]:
    """Return the reasons for ends and claims in the sources of the games."""
    found = set(arbiter_games.chess.REASONS.values())
    for path in GAMES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            decides = node.returns and ENDS.search(ast.unparse(node.returns))
            if decides or node.name.endswith("claims"):
                found |= {word for line in node.body for word in words_in(line)}
    return {word for word in found if re.fullmatch("[a-z]+(_[a-z]+)*", word)}


def reasons_of_sessions() -> set[str]:
    """Return the reasons that a match ends or a player leaves for, by their constants' names."""
    source = "".join(path.read_text() for path in (ROOT / "sessions").glob("*.py"))
    names = re.findall(r"(?:\.end\(now|\.leave\(match, \w+), ([A-Z]+)", source)
    return {getattr(sessions.match, name) for name in names}


def test_reasons_are_found_in_the_sources():
    """Without it, the next test could check nothing, and pass."""
    assert {"try", "all_sunk", "variant_end", "move_limit", "fifty_moves"} < reasons_of_games()
    assert {"resignation", "timeout", "aborted"} < reasons_of_sessions()
    told = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "protocol.md").read_text()))
    assert reasons_of_games() | reasons_of_sessions() <= told


def test_every_reason_has_a_text():
    reasons = reasons_of_games() | reasons_of_sessions() - {sessions.match.ABORTED}
    needed = {f"reason.{reason}" for reason in reasons} | {"result.aborted"}
    assert {language: needed - lines(language).keys() for language in LANGUAGES} == {
        language: set() for language in LANGUAGES
    }
    there = {key for key in lines("en") if key.startswith("reason.")}
    assert there - needed == set()


def test_every_error_has_a_text():
    needed = {f"error.{kind.__name__}" for kind in CODES}
    needed |= {"error.InternalError", "error.Disconnected"}
    for language in LANGUAGES:
        there = {key for key in lines(language) if key.startswith("error.")}
        assert there == needed


def test_every_count_has_all_plural_forms():
    for language, forms in LANGUAGES.items():
        counted = {key: line for key, line in lines(language).items() if COUNTED.search(line)}
        assert counted
        for key, line in counted.items():
            assert tuple(FORM.findall(line)) == forms, f"{language}: {key}"


def test_every_game_has_a_title_in_every_language():
    """The server has the English titles."""
    for language in LANGUAGES.keys() - {"en"}:
        titles = (FOLDER / "texts" / f"titles.{language}.js").read_text()
        named = dict(re.findall(r'^  "([^"]+)": "([^"]+)",$', titles, re.MULTILINE))
        assert load_games().keys() - named.keys() == set()
        assert len(set(named.values())) == len(named)


def test_page_without_scripts_explains_itself():
    page = (FOLDER / "index.html").read_text()
    [told] = re.findall("<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert set(re.findall(r'lang="(\w+)"', told)) == LANGUAGES.keys()
