# The program for pipelines: no shell tricks, no root, nothing but Python, git and what the lock names.
#   docker build --tag reconciler .
#   docker run --rm --volume "$PWD:/work" reconciler validate
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml reconciler.lock README.md LICENSE ./
RUN python -m venv /opt/reconciler \
 && /opt/reconciler/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r reconciler.lock
COPY reconciler ./reconciler
RUN /opt/reconciler/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM python:3.13-slim-bookworm
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 reconciler \
 && git config --system --add safe.directory '*'
COPY --from=build /opt/reconciler /opt/reconciler
ENV PATH=/opt/reconciler/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER reconciler
WORKDIR /work
ENTRYPOINT ["reconciler"]
