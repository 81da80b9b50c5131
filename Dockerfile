# EchoChat in one container: `echochatctl serve` runs nginx and the programs. The root may be read-only; data are in one volume, backups in another.

FROM swift:6.3-bookworm AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# Packages are Debian's security updates of the day; make knows which are needed.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends make python3-venv && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make build docs && make install DESTDIR=/image PREFIX=/usr WORKERS=2

FROM debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates libcurl4 libfcgi0ldbl libsodium23 libsqlite3-0 libssl3 libvips-tools nginx \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o 10001 -g 10001 -m 750 /var/lib/echochat /var/backups/echochat
COPY --from=build /image/usr /usr
# A number, so that a cluster sees that it is not root.
USER 10001:10001
ENV ECHOCHAT_DATA=/var/lib/echochat \
    ECHOCHAT_RUN=/tmp/echochat \
    ECHOCHAT_LISTEN=0.0.0.0:8080,[::]:8080 \
    ECHOCHAT_LOG_TO=output
VOLUME /var/lib/echochat /var/backups/echochat
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["echochatctl"]
CMD ["serve"]
