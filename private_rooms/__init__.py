"""The private rooms service: the connection keys of private rooms, and what members are told.

It calls the rooms service, which has the seats, and the session service for the session of a full
room. Others may import its `events`.
"""
