"""Services in which something goes wrong, to be run as processes."""

from eventlet.event import Event
from eventlet.patcher import original

from extensions import service_base
from extensions.timers import timer


class HangingService(service_base.Service):
    """Answers calls, while its timer waits for what never comes."""

    name = "hanging"

    @timer(interval=0.2)
    def wait_for_ever(self):
        Event().wait()


class BlockingService(service_base.Service):
    """Lets nothing in its process run."""

    name = "blocking"

    @timer(interval=2)  # by then the process has started
    def block_for_ever(self):
        original("time").sleep(3600)
