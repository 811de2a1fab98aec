#!/bin/sh
# Installs into .venv what requirements/$1.txt pins (run, or test, which includes run), and this package.
# Does nothing if that is installed. Creates .venv again if the pins have changed or its Python is gone.
set -eu
use=$1

say() { echo "$*"; }
fail() { echo "$*" >&2; exit 1; }

works() { .venv/bin/python -c "" 2>/dev/null; }
holds() { cmp -s "requirements/$1.txt" ".venv/$1.txt"; }
ready() { works && holds run && holds "$use" && cmp -s setup.cfg .venv/setup.cfg; }
outdated() { ! works || ! holds run || { [ -e .venv/test.txt ] && ! holds test; }; }

apt_install() {
  say "Installing $* (once)..."
  apt-get update -qq >var/apt.log 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends "$@" >>var/apt.log 2>&1
}
can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

suitable() { "$1" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" 2>/dev/null; }
find_python() {
  for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    ! suitable "$python" || return 0
  done
  return 1
}
has_venv() { "$python" -c "import ensurepip, venv" 2>/dev/null; }

choose_python() {
  find_python || { can_install && apt_install python3 python3-venv && find_python; } ||
    fail "Arbiter needs Python 3.11, 3.12 or 3.13: install one, or name it: make $use PYTHON=/path/to/python"
  package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  has_venv || { can_install && apt_install "$package" && has_venv; } ||
    fail "Python's venv module is missing: as root, run 'apt-get install $package', and try again."
}

pip() { .venv/bin/python -m pip --quiet --disable-pip-version-check "$@" >>var/pip.log 2>&1; }
install() { # what requirements/$1.txt pins; one package has to be built, with the pinned setuptools
  sed -n '/^setuptools==/,/# via/p' requirements/run.txt >.venv/setuptools.txt &&
    pip install --require-hashes -r .venv/setuptools.txt &&
    pip install --require-hashes --no-build-isolation -r "requirements/$1.txt" &&
    cp "requirements/$1.txt" ".venv/$1.txt"
}
bring_up_to_date() {
  if outdated; then "$python" -m venv --clear .venv >var/pip.log 2>&1 || return; fi
  if ! holds "$use"; then
    say "Installing Python packages (about a minute, once)..."
    holds run || install run || return
    holds "$use" || install "$use" || return
  fi
  pip install --no-deps --no-build-isolation --editable . && cp setup.cfg .venv/setup.cfg
}

if ready; then exit 0; fi
mkdir -p var
exec 9>var/venv.lock
flock 9
if ready; then exit 0; fi
if outdated; then choose_python; fi
bring_up_to_date ||
  fail "The Python packages could not be installed (see $(pwd)/var/pip.log): check that PyPI can be reached, and try again."
