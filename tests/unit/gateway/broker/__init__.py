"""Tests of the gateway's side of RabbitMQ."""
