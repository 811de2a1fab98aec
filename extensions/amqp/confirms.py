"""Which of the published messages the broker has confirmed. No I/O."""


class Confirms:
    """The confirms of one channel, by delivery tags."""

    def __init__(self) -> None:
        self._published = 0
        self.up_to = 0  # this tag and all before it are confirmed
        self._beyond: set[int] = set()

    def publish(self, count: int) -> int:
        """Count further messages as published; return the delivery tag of the last one."""
        self._published += count
        return self._published

    def add(self, delivery_tag: int, multiple: bool) -> None:
        """Note that a message is confirmed; with `multiple`, and all before it."""
        if multiple:
            self.up_to = max(self.up_to, delivery_tag)
            self._beyond = {tag for tag in self._beyond if tag > self.up_to}
        else:
            self._beyond.add(delivery_tag)
        while self.up_to + 1 in self._beyond:
            self.up_to += 1
            self._beyond.discard(self.up_to)
