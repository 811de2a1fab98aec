"""The formats of the log: a line for each record as people read it, or as JSON.

Each record has its time, level, process, logger and message, and the id of the request in which it
was written, if any. Passwords in addresses are masked.
"""

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from nameko.exceptions import RpcTimeout, UnknownService
from pythonjsonlogger.json import JsonFormatter

from extensions.clock import timestamp
from extensions.errors import StorageAway
from extensions.observability.log_handler import BackgroundHandler
from extensions.request_id import current

JSON = "json"
ERRORS_WITHOUT_TRACEBACK = (StorageAway, RpcTimeout, UnknownService)
# amqp://user:password@host, where the password may have an @ in it, and ...?password=...
PASSWORDS = (
    re.compile(r"""(://[^\s:/?#"']*:)[^\s/"']+(?=@)"""), re.compile(r"""([?&]password=)[^\s&"']+""")
)

_process = ""


def name_process(name: str) -> None:
    """Name this process in all further lines of its log."""
    global _process
    _process = name


def console(format: str, levels: Mapping[str, str]) -> logging.Handler:
    """Return the handler of all records, and set the levels of loggers, as config.yaml says.

    A wrong format or level is passed over: the check of all settings, which follows, names it.
    """
    for name in levels:
        with suppress(ValueError):
            logging.getLogger(name).setLevel(levels[name])
    handler = BackgroundHandler()
    handler.setFormatter(Json() if format == JSON else Line())
    handler.addFilter(WithoutTraces())
    return handler


class Line(logging.Formatter):
    """`time level process logger [request id] message name=value ...`; a traceback comes below."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info or record.exc_text or record.stack_info:
            return masked(super().format(record))
        record.message = record.getMessage()
        return masked(self.formatMessage(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        message = record.message
        for name, value in fields_of(record).items():
            message += f" {name}={value}"
        if not message.isprintable():  # else what a peer sent could pass for a line of ours
            message = ascii(message)[1:-1]
        request_id = request_id_of(record)
        return (
            f"{timestamp(record.created)} {record.levelname} {_process} {record.name}: "
            f"{f'[{request_id}] ' if request_id else ''}{message}"
        )


class Json(JsonFormatter):
    """An object for each record, with a traceback as `exc_info`."""

    def __init__(self) -> None:
        super().__init__(
            ["time", "levelname", "process", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger"},
        )

    def format(self, record: logging.LogRecord) -> str:
        vars(record).update(time=timestamp(record.created), process=_process)
        return masked(super().format(record))

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data.pop("fields", None)
        log_data.update(fields_of(record))
        if request_id := request_id_of(record):
            log_data["request_id"] = request_id


class WithoutTraces(logging.Filter):
    """Leaves out the traceback of transient errors, such as a database that is unavailable.

    Timers that run meanwhile would otherwise fill the log with tracebacks.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], ERRORS_WITHOUT_TRACEBACK):
            record.exc_info = None
        return True


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the fields of a record that have a value."""
    fields = getattr(record, "fields", {})
    return {name: value for name, value in fields.items() if value is not None}


def request_id_of(record: logging.LogRecord) -> str | None:
    """Return the id of the request that a record is about, or in which it was written."""
    return getattr(record, "request_id", None) or current()


def masked(text: str) -> str:
    """Return a text with the passwords in its addresses replaced by `***`."""
    if "://" in text:
        for password in PASSWORDS:
            text = password.sub(r"\1***", text)
    return text
