"""Tests of connections to RabbitMQ, before a broker that the tests play."""
