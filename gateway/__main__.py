"""Runs a gateway: `python -m gateway --config config.yaml`, or `arbiter-gateway --config …`."""

import eventlet

eventlet.monkey_patch()  # before anything else is imported

from gateway.process import main  # noqa: E402

if __name__ == "__main__":
    main()
