"""Adapters to libraries that turn texts into vectors. This runs before any of those is loaded."""

import os

# What is not on this disk is a sentence, and no download in the middle of somebody's reply.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# The language model of the same worker has the other cores, and a second thread spins while it waits for the first: on
# busy cores each sentence then costs twice the processor's time and comes later.
THREADS = 1
