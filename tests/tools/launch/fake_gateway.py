"""A web server that shares its port as gateways do. Its arguments are a port and a folder."""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class FakeGateway(ThreadingHTTPServer):
    allow_reuse_port = True


if __name__ == "__main__":
    port, folder = sys.argv[1:]
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    FakeGateway(("", int(port)), handler).serve_forever()
