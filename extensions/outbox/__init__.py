"""Events that are stored with the change that they tell of, and published after its commit.

`message` is an event, `table` its row, `outbox` stores and publishes, and `relay` publishes late
what was missed. Every service may import it; the gateway does not.
"""
