# One image for every service and the gateway; compose.yaml gives each its command. It contains what
# requirements/run.txt pins, including `chess` and `pyffish`, which are under the GPL: see README.md.
FROM python:3.13-slim

ENV PATH=/opt/arbiter/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1

# One package has to be built, with the pinned setuptools instead of the newest.
COPY requirements/run.txt /tmp/run.txt
RUN python -m venv /opt/arbiter \
    && sed -n '/^setuptools==/,/# via/p' /tmp/run.txt >/tmp/setuptools.txt \
    && pip install --require-hashes -r /tmp/setuptools.txt \
    && pip install --require-hashes --no-build-isolation -r /tmp/run.txt

WORKDIR /srv/arbiter
COPY . .
RUN pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q . \
    && chmod -R a+rX . \
    && useradd --system --uid 10001 arbiter \
    && install --directory --owner arbiter /data

USER arbiter
CMD ["python", "-m", "gateway", "--config", "config.yaml"]
