"""Small services that stand in for those that the one under test calls."""

from eventlet.event import Event
from nameko.rpc import rpc


class StandIn:
    """A service of this name whose methods answer what they are given here.

    An answer is a value, an exception to be raised, or a function of what was asked. `calls` has
    what was asked, in order: `(method, arguments, named arguments)`. `container` is what runs it.
    """

    def __init__(self, name, **answers):
        self.answers = answers
        self.calls = []
        self.container = None
        methods = {method: self._entrypoint(method) for method in answers}
        self.service = type(f"StandInFor{name.title()}", (), {"name": name, **methods})

    def asked(self, method):
        """The arguments of each call of a method."""
        return [(arguments, named) for name, arguments, named in self.calls if name == method]

    def _entrypoint(self, method):
        def answer(service, *arguments, **named):
            self.calls.append((method, arguments, named))
            answer = self.answers[method]
            if callable(answer):
                answer = answer(*arguments, **named)
            if isinstance(answer, Exception):
                raise answer
            return answer

        answer.__name__ = method
        return rpc(expected_exceptions=Exception)(answer)


class Gate:
    """An answer that is held back until the gate is opened."""

    def __init__(self, answer):
        self._answer = answer
        self.reached, self.opened, self.passed = Event(), Event(), Event()

    def __call__(self, *arguments, **named):
        self.reached.send()
        self.opened.wait()
        self.passed.send()
        return self._answer
