# Images of the static binaries in dist/. Nothing is downloaded and nothing is run, so that every builder makes the same
# layers, for any architecture: `scripts/build-static.sh`, `scripts/build-builders.sh`, then `scripts/image.sh`, or
#
#   docker build --target spark-render -t spark-render:dev .
#
# Targets: `spark-render` is the binary alone; `spark-render-builders` has kustomize and helm beside it, for folders
# that they build. Neither has a shell, a package manager or CA certificates: nothing in them talks to a network.
ARG TARGETARCH=amd64

FROM scratch AS files-amd64
COPY --chmod=0755 dist/x86_64-unknown-linux-musl/spark-render /usr/local/bin/spark-render

FROM scratch AS files-arm64
COPY --chmod=0755 dist/aarch64-unknown-linux-musl/spark-render /usr/local/bin/spark-render

FROM scratch AS builders-amd64
COPY --chmod=0755 dist/x86_64-unknown-linux-musl/kustomize dist/x86_64-unknown-linux-musl/helm /usr/local/bin/

FROM scratch AS builders-arm64
COPY --chmod=0755 dist/aarch64-unknown-linux-musl/kustomize dist/aarch64-unknown-linux-musl/helm /usr/local/bin/

FROM files-${TARGETARCH} AS spark-render
COPY --chmod=0644 LICENSE /usr/share/licenses/spark-render/LICENSE
ARG VERSION=dev
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="spark-render" \
      org.opencontainers.image.description="Expands Kubeflow SparkApplications into the complete Kubernetes manifests, ahead of time" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/spark-render/spark-render" \
      org.opencontainers.image.url="https://github.com/spark-render/spark-render" \
      org.opencontainers.image.documentation="https://github.com/spark-render/spark-render/blob/main/docs/argocd.md" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
ENV PATH=/usr/local/bin
# The user of Argo CD's sidecars, which owns the socket's directory. By number: there is no /etc/passwd.
USER 999:999
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/spark-render"]

FROM builders-${TARGETARCH} AS builders

FROM spark-render AS spark-render-builders
LABEL org.opencontainers.image.title="spark-render with kustomize and helm"
# helm wants folders of its own; a sidecar mounts its own /tmp.
ENV HOME=/tmp HELM_CACHE_HOME=/tmp/helm/cache HELM_CONFIG_HOME=/tmp/helm/config HELM_DATA_HOME=/tmp/helm/data
COPY --from=builders /usr/local/bin/ /usr/local/bin/
