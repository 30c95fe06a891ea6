"""The resumable token log: one Redis Stream for each reply that is being written.

`entries` are what it holds, `scripts` the atomic steps, `writing` the worker's side,
`reading` the web's side. In prose: docs/protocol.md.
"""
