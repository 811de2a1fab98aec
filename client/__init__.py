"""A client of the server's protocol, for bots and other programs that play.

It knows nothing of the server but its protocol, and imports nothing of the project.
"""

from client.connection import Client, Closed, JsonObject, Notification, Refused

__all__ = ["Client", "Closed", "JsonObject", "Notification", "Refused"]
