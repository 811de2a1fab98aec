"""Connections to RabbitMQ: publishing with confirms, and consuming queues.

`link` is a connection with its owner, which reads by `frame_reader` and writes by `frame_writer`;
`broker_link` is the one of a service. `frames` has the encoding of what is sent and received most.
Services, the other extensions and the gateway import it; it knows no message's meaning.
"""
