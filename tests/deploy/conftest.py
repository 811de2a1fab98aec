"""Fixtures of tests of deploy/: a certificate, and balancers that use it."""

import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from tests.process import ROOT
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports
from tools.launch.program import Program, stop_process

FOLDER = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before pytest selects by -m
def pytest_collection_modifyitems(items):
    """Mark the tests of this folder, which `make test` leaves out."""
    for item in items:
        if item.path.parent == FOLDER:
            item.add_marker("deploy")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate of this machine, with its key beside it and both in one file."""
    made = tmp_path_factory.mktemp("certificate") / "arbiter.crt"
    key = made.with_suffix(".key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", made],
        check=True, capture_output=True,
    )
    made.with_suffix(".pem").write_text(made.read_text() + key.read_text())
    return made


class Balancer:
    """A balancer on a port of its own; `command` runs it by the file that it is given."""

    def __init__(self, name, text, port, command, checks, folder):
        self.port, self.checks = port, checks
        self.breaks_connections = name == "haproxy"  # nginx does not look for gateways that hang
        self._log = folder / f"{name}.log"
        self._file = folder / f"{name}.conf"
        self._file.write_text(text)
        self._program = Program(name, [*command, str(self._file)])

    @property
    def url(self):
        return f"wss://127.0.0.1:{self.port}/ws"

    def check(self):
        """Have the balancer itself check the file; it must not even warn."""
        done = subprocess.run([*self.checks, str(self._file)], capture_output=True, text=True)
        said = done.stdout + done.stderr
        assert done.returncode == 0 and "warn" not in said.lower(), said

    def __enter__(self):
        self._running = self._program.spawn(self._log)
        wait_while(self._problem, 60)
        return self

    def _problem(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError as error:
            return f"The balancer is not up ({error}): {self._log.read_text()}"
        return None

    def __exit__(self, *error):
        stop_process(self._running, 10)


def haproxy(gateways, certificate, folder):
    """HAProxy by deploy/haproxy.cfg, with TLS as it says, and the gateways named."""
    [port] = free_ports(1)
    text = (ROOT / "deploy/haproxy.cfg").read_text()
    text = re.sub(r"(?m)^resolvers names\n(    .*\n)+", "", text)
    [tls] = re.findall(r"# With TLS: bind :443 (.*)\n", text)
    tls = tls.replace("/etc/haproxy/arbiter.pem", str(certificate.with_suffix(".pem")))
    text = text.replace("maxconn 20000", "maxconn 500")  # as many files as any machine allows
    text = text.replace("bind :8000\n", f"bind 127.0.0.1:{port} {tls}\n")
    named = "".join(
        f"    server gateway-{number} 127.0.0.1:{each}\n" for number, each in enumerate(gateways, 1)
    )
    text = re.sub(r"    server-template .*\n", named, text)
    if os.geteuid() != 0:
        text = re.sub(r"    (user|group) haproxy\n", "", text)
    return Balancer(
        "haproxy", text, port, ["haproxy", "-db", "-f"], ["haproxy", "-c", "-f"], folder
    )


def nginx(gateways, certificate, folder):
    """Set up nginx by deploy/nginx.conf, with its addresses changed."""
    port, plain = free_ports(2)
    text = (ROOT / "deploy/nginx.conf").read_text()
    for before, after in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/nginx/arbiter.crt": str(certificate),
        "/etc/nginx/arbiter.key": str(certificate.with_suffix(".key")),
        "10.0.0.11:8000": f"127.0.0.1:{gateways[0]}", "10.0.0.12:8000": f"127.0.0.1:{gateways[-1]}",
    }.items():
        assert before in text
        text = text.replace(before, after)
    own = f"daemon off; pid {folder}/nginx.pid; error_log stderr;"
    return Balancer(
        "nginx", text, port, ["nginx", "-g", own, "-c"], ["nginx", "-g", own, "-t", "-q", "-c"],
        folder,
    )


BALANCERS = {"haproxy": haproxy, "nginx": nginx}
