"""Each parameter of each method with values of each type that it may not have, by each caller."""

import json

import pytest

from gateway.protocol.registry import METHODS, Access
from tests.client import check_error
from tests.e2e.callers import ANONYMOUS
from tests.e2e.fuzz.target import CALLERS
from tests.e2e.fuzz.values import required, schemas, wrong_values

TRIED = [
    (method.name, name, {**required(method.params), name: value})
    for method in METHODS.values() for name in schemas(method.params)
    for value in wrong_values(method.params, name)
]


def request(number, method, params):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def test_each_parameter_is_tried():
    assert {(method, name) for method, name, _ in TRIED} == {
        (method.name, name) for method in METHODS.values() for name in method.params.model_fields
    }


@pytest.mark.parametrize("who", CALLERS)
def test_a_value_of_a_wrong_type_is_refused_by_its_path(target, who):
    client, _ = target.enter(who)
    texts = [request(number, method, params) for number, (method, _, params) in enumerate(TRIED)]
    answers = {each["id"]: each for each in client.exchange(texts)}
    assert set(answers) == set(range(len(TRIED))), client.close_code
    for number, (method, name, _) in enumerate(TRIED):
        assert "error" in answers[number], texts[number]
        error = answers[number]["error"]
        check_error(method, error)
        if who == ANONYMOUS and METHODS[method].access is Access.PLAYER:
            assert error["data"]["type"] == "Unauthenticated", texts[number]
        else:
            assert error["data"]["type"] == "InvalidParams", texts[number]
            paths = {each["path"].partition(".")[0] for each in error["data"]["errors"]}
            assert paths == {name}, texts[number]
    assert all("method" in each for each in client.finish()), "a second answer"
    assert client.close_code == 1000
