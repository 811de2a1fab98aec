"""The gateway's side of RabbitMQ: calls to services, batched commands, events, and retries.

The rest of the gateway but `protocol` may import it; it imports nothing of the gateway but
`protocol`.
"""
