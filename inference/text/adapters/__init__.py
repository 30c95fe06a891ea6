"""Adapters to libraries that run language models. This runs before any of those is loaded."""

import os

# llama.cpp's threads wait for each other by spinning. On cores that others use as well, the default (for ever) costs
# up to nine tenths of the speed; this is some ten microseconds.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
# With a C++ exception, llama.cpp would otherwise run a debugger on its own process.
os.environ.setdefault("GGML_NO_BACKTRACE", "1")
