"""The gateway's side of RabbitMQ: calls to services, batched commands, events, and recovery.

Only the gateway imports it.
"""
