"""What is run beside the server: launch, bench, chaos and demo.

Nothing that serves players imports it.
"""
