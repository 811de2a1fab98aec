"""The private rooms service: the connection keys of private rooms, and who is told what of them.

The seats are the rooms service's; this service joins, leaves and closes by key on its behalf, and
has the session service begin the session of a room that is full.
"""
