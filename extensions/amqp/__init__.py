"""Connections to RabbitMQ: publishing with confirms, and consuming queues.

`link` is a connection with its owner, `frames` the encoding of what is sent most.
Services, the other extensions and the gateway import it; it knows no message's meaning.
"""
