"""Messages drawn by lot: requests that are right, nearly right and wrong, and what is none."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.protocol.registry import METHODS, Method
from tests.e2e.fuzz.values import BY_TYPE, anything, changed, schemas, types_of

FIRST_ID = 1_000_000  # of requests; what is drawn by lot has other ids
# It ends the connection. Who asks for it wrongly is in test_wrong_types.
LEFT_OUT = {"auth.logout"}
# These take a hash of a password, which costs a hundred times as much as anything else.
RARE = {"auth.register", "auth.login", "auth.change_password", "accounts.delete"}
PASSWORDS = {"password", "new_password"}  # never the same twice, so that none is right
SCHEMAS = {name: schemas(method.params) for name, method in METHODS.items()}
NAMES = sorted(METHODS.keys() - LEFT_OUT)
WEIGHTS = [
    1 if name in RARE else 400 if name == "sessions.execute" else 50 for name in NAMES
]
TEXT = '{}[]",:\\/ 0123456789.eE+-truefalsn"idmethodparamsjsonrpc2\0\u00e9\u2028\U0001f600'


class Messages:
    """Makes messages of one caller, by lot.

    `known` has, by parameters' names, values that mean something to the server.
    """

    def __init__(self, seed: str, known: Mapping[str, Sequence[Any]]) -> None:
        self._rng = random.Random(seed)
        self._known = known

    def request(self, number: int) -> tuple[str, str]:
        """Return a request of a method, by its name and as text; its params may be wrong."""
        name = self._rng.choices(NAMES, WEIGHTS)[0]
        params = self._params(METHODS[name])
        return name, _text(id=FIRST_ID + number, method=name, params=params)

    def malformed(self) -> str:
        """Return a message that most likely is no request."""
        make = self._rng.choice([self._wrong_member, self._damaged, self._noise, self._no_request])
        return make()

    def _params(self, method: Method) -> dict[str, Any]:
        rng, table = self._rng, SCHEMAS[method.name]
        params = {
            name: self._value(name, schema) for name, schema in table.items()
            if method.params.model_fields[name].is_required() or rng.random() < 0.5
        }
        if rng.random() < 0.6:  # one of them is wrong
            name = rng.choice([*table, "unheard of"])
            params[name] = changed(rng, params.get(name))
        return params

    def _value(self, name: str, schema: dict[str, Any]) -> Any:
        if name in PASSWORDS:
            return f"{self._rng.getrandbits(64):x}"
        if name in self._known and self._rng.random() < 0.5:
            return self._rng.choice(self._known[name])
        return self._rng.choice(BY_TYPE[self._rng.choice(sorted(types_of(schema)))])

    def _wrong_member(self) -> str:
        request = json.loads(self._whole())
        member = self._rng.choice(sorted(request))
        if self._rng.random() < 0.2:
            del request[member]
        else:
            request[member] = anything(self._rng)
        return json.dumps(request)

    def _damaged(self) -> str:
        text, rng = self._whole(), self._rng
        first, last = sorted(rng.randrange(len(text)) for _ in range(2))
        middle = rng.choice(["", rng.choice(TEXT), text[first:last] * 2, text[last:]])
        return text[:first] + middle + rng.choice([text[last:], ""])

    def _noise(self) -> str:
        return "".join(self._rng.choices(TEXT, k=self._rng.randrange(200)))

    def _no_request(self) -> str:
        return json.dumps(anything(self._rng))

    def _whole(self) -> str:
        name = self._rng.choice(NAMES)
        params = {} if name in RARE else self._params(METHODS[name])
        return _text(id="damaged", method=name, params=params)


def _text(**members: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", **members})
