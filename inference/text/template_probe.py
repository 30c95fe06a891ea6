"""A program of its own: render a chat template for a few conversations in a sandbox, with little time and memory.

A template that comes with a model is code by a stranger. It is run here and never again: what is learned are the
strings between the turns. Reads `{"template", "bos", "eos", "conversations"}` and writes a list of texts, with null
where the template refused. It imports nothing of ours, so that it starts fast and knows no secrets.
"""

import json
import resource
import sys

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

SECONDS = 1
MEMORY_BYTES = 512 * 2**20
LONGEST_TEXT = 65_536


def refuse(message: str) -> None:
    """What templates call to say that they cannot tell a conversation."""
    raise TemplateError(message)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    asked = json.load(sys.stdin)
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(asked["template"])
    texts: list[str | None] = []
    for messages in asked["conversations"]:
        try:
            text = template.render(
                messages=messages,
                add_generation_prompt=True,
                bos_token=asked["bos"],
                eos_token=asked["eos"],
                raise_exception=refuse,
                strftime_now=lambda _format: "",
                tools=None,
                documents=None,
            )
        except Exception:  # noqa: BLE001  a stranger's code may raise anything
            text = None
        texts.append(text if text is not None and len(text) <= LONGEST_TEXT else None)
    json.dump(texts, sys.stdout)


if __name__ == "__main__":
    main()
