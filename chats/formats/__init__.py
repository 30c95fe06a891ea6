"""Conversations as files: of ours, of SillyTavern, of ChatGPT, of Open WebUI. Pure: no rows, no pages.

`opening.opened` reads any of them, one message after the other; `own`, `sillytavern` and `prose` write them.
"""
