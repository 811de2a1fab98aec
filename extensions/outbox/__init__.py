"""Events that are stored with the change that they tell of, and published after its commit.

`message` is an event, `table` its row; `outbox` stores and publishes, `relay` publishes late
what was missed, and `provider` gives both to a service. The gateway imports none of it.
"""
