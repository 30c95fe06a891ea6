"""A typo in a template is found before a visitor finds it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings


@pytest.fixture
def templates(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "templates"
    (folder / "chats").mkdir(parents=True)
    settings.BASE_DIR = tmp_path
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [folder]}]
    return folder


def test_our_own_compile() -> None:
    out = StringIO()
    call_command("check_templates", stdout=out)
    assert "templates compile" in out.getvalue()


def test_every_broken_one_is_named(templates: Path) -> None:
    (templates / "fine.html").write_text("{{ name }}")
    (templates / "open.html").write_text("{% if name %}")
    (templates / "chats" / "typo.html").write_text("{% nonesuch %}")
    with pytest.raises(CommandError) as refused:
        call_command("check_templates", verbosity=0)
    named = [line.partition(":")[0] for line in str(refused.value).split("\n") if ".html:" in line]
    assert named == ["chats/typo.html", "open.html"]


def test_it_can_be_silent(templates: Path) -> None:
    (templates / "fine.html").write_text("{{ name }}")
    out = StringIO()
    call_command("check_templates", verbosity=0, stdout=out)
    assert out.getvalue() == ""
