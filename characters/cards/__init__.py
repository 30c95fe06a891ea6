"""AI character cards as other programs read and write them. Bytes in, bytes out: no Django, no files, no network.

`containers.read` and its three `write_*` functions are the doors. `card` has what they bring and take, `extras` what
is Cognitia's own in it; the other modules each know one format.
"""
