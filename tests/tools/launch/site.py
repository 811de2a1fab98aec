"""A web server that shares its port as gateways do: `python -m tests.tools.launch.site PORT FOLDER`."""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    allow_reuse_port = True


if __name__ == "__main__":
    port, folder = sys.argv[1:]
    Server(("", int(port)), partial(SimpleHTTPRequestHandler, directory=folder)).serve_forever()
