"""A model's own template is a stranger's program: it is run once, in a box, on made-up words."""

from pathlib import Path

import pytest

from inference.text import templates
from inference.text.prompt import Prompt, Role, Turn
from inference.text.templates import Unlearnable, learn

S, U, A = Role.SYSTEM, Role.USER, Role.ASSISTANT
CHAT = Prompt((Turn(S, "Persona."), Turn(U, "Hi."), Turn(A, "Hello."), Turn(S, "Memory."), Turn(U, "Well?")))

EVERY_ROLE = (
    "{{ bos_token }}{% for message in messages %}<|{{ message.role }}|>\n{{ message.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
SYSTEM_FIRST_AND_THINKING = (
    "{% set ns = namespace(s='') %}"
    "{% for m in messages %}{% if m.role == 'system' %}{% set ns.s = m.content %}{% endif %}{% endfor %}"
    "{{ bos_token }}{{ ns.s }}"
    "{% for m in messages %}{% if m.role == 'user' %}<|User|>{{ m.content }}{% elif m.role == 'assistant' %}<|Bot|>"
    "{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}{{ '<|Bot|><think>\\n' }}"
)
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}{% for m in messages %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}"
    "[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]"
)


def told(template: str) -> str:
    return "".join(segment.text for segment in learn(template, "<s>", "</s>").render(CHAT))


def test_a_template_with_every_role_is_told_as_it_tells_it() -> None:
    assert told(EVERY_ROLE) == (
        "<s><|system|>\nPersona.<|end|>\n<|user|>\nHi.<|end|>\n<|assistant|>\nHello.<|end|>\n"
        "<|system|>\nMemory.<|end|>\n<|user|>\nWell?<|end|>\n<|assistant|>\n"
    )


def test_what_it_would_move_elsewhere_is_told_where_it_belongs() -> None:
    expected = "<s>Persona.<|User|>Hi.<|Bot|>Hello.</s><|User|>Memory.\n\nWell?<|Bot|><think>\n"
    assert told(SYSTEM_FIRST_AND_THINKING) == expected


def test_a_template_that_opens_a_chain_of_thought_is_known_to() -> None:
    assert learn(SYSTEM_FIRST_AND_THINKING, "", "").thinks
    assert not learn(EVERY_ROLE, "", "").thinks


def test_what_it_refuses_is_told_in_turns_it_has() -> None:
    assert told(NO_SYSTEM) == "[user]Persona.\n\nHi.[assistant]Hello.[user]Memory.\n\nWell?[assistant]"


@pytest.mark.parametrize(
    "template",
    [
        "{{ cycler.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.system('touch ' + FILE) }}",
        "{{ messages.__class__.__mro__[1].__subclasses__() }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{{ 'x' * 10**10 }}",
        "{% for m in messages %}{{ m.content * 9000 }}{% endfor %}",
        "{% broken",
        "always the same",
        "x" * (templates.LONGEST_TEMPLATE + 1),
    ],
    ids=lambda template: template[:40],
)
def test_one_that_means_harm_or_makes_no_sense_is_refused(template: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with pytest.raises(Unlearnable):
        learn(template.replace("FILE", repr(str(trace))), "<s>", "</s>")
    assert not trace.exists()
