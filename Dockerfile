# The service alone: give it a PostgreSQL (15 to 18) in DATABASE_URL. docker-compose.yml brings one.

FROM python:3.13-slim-bookworm AS build
WORKDIR /srv/strata
RUN python -m venv .venv
COPY requirements.lock ./
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY service ./service
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --no-deps --no-build-isolation --editable .

FROM python:3.13-slim-bookworm
RUN useradd --system --create-home --uid 10001 strata
WORKDIR /srv/strata
COPY --from=build /srv/strata ./
COPY db ./db
COPY openapi ./openapi
ENV PATH=/srv/strata/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STRATA_HOST=0.0.0.0 \
    PORT=8000
USER strata
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health/ready', timeout=2)"]
CMD ["strata", "serve"]
