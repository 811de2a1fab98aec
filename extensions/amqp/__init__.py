"""Links to RabbitMQ: publishing with confirms, and consuming queues.

The services' extensions and the gateway import it; it knows no message's meaning.
"""
