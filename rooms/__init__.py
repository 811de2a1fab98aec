"""The rooms service: public rooms, and the seats of rooms of any kind.

It calls the session service for what can be played and for the session of a full room. Others may
import its `events` and `exceptions`.
"""
