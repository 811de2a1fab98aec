"""The rooms service: public rooms, and everybody's seats in rooms of any kind.

It asks the session service what can be played, and has it begin the session of a room that is full.
"""
