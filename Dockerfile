# One image for every process; compose.yaml says which one a container runs.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends g++ make git && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt .
# Not for the builder's own processor: the image runs on others.
ENV CMAKE_ARGS="-DLLAVA_BUILD=OFF -DGGML_NATIVE=OFF -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON"
# PyTorch for processors: the ordinary one brings 5 GB of CUDA.
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt \
    --extra-index-url https://download.pytorch.org/whl/cpu

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 tini && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 cognitia && install -d -o cognitia /data
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 COGNITIA_HOME=/data HOST=0.0.0.0
USER cognitia
ENTRYPOINT ["tini", "--"]
CMD ["uvicorn", "cognitia.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--ws-max-size", "65536", \
     "--ws-ping-interval", "20", "--ws-ping-timeout", "20", "--timeout-keep-alive", "15", "--limit-concurrency", "2000", \
     "--no-server-header", "--lifespan", "off"]
