"""Keeps what some of several steps have done where storage fails before the last one."""

import logging
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from extensions.errors import StorageAway

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Given = ParamSpec("Given")
Owner = TypeVar("Owner")


def until_storage_fails(
    steps: Callable[Concatenate[Owner, Given], Iterator[Answer]]
) -> Callable[Concatenate[Owner, Given], list[Answer]]:
    """Make a generator method return all that it yields, as a list.

    Where storage fails on the way, what was yielded is returned: it is done, and somebody must hear
    of it. Raises StorageAway where nothing was.
    """

    @wraps(steps)
    def make_all(owner: Owner, /, *args: Given.args, **kwargs: Given.kwargs) -> list[Answer]:
        made = []
        try:
            for each in steps(owner, *args, **kwargs):
                made.append(each)
        except StorageAway as error:
            if not made:
                raise
            _log.warning("%s was interrupted: %r", steps.__name__, error)
        return made

    return make_all
