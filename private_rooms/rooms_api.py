"""What the rooms service is asked for, by RPC."""

from collections.abc import Sequence
from typing import Protocol

from rooms.events import Options, RevisedRoomView


class RoomsApi(Protocol):
    """The calls of the private rooms service, which lets in by a key."""

    def create(
        self, owner: str, game: str, options: Options, seats: int | None, private: bool, guest: bool
    ) -> RevisedRoomView: ...

    def join(
        self, room_id: str, login: str, private: bool, guest: bool
    ) -> RevisedRoomView: ...

    def leave(self, room_id: str, login: str, private: bool) -> RevisedRoomView: ...

    def close(self, room_id: str, login: str, private: bool) -> RevisedRoomView: ...

    def get_many(self, room_ids: Sequence[str]) -> dict[str, RevisedRoomView]: ...

    def open_rooms_of(self, login: str, private: bool) -> list[str]: ...
