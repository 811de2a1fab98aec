"""The gateway: the clients' only entry point. It composes the services and keeps no state of theirs."""
