"""Static files are collected when one of them has changed, and only then."""

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from cognitia import assets


@pytest.fixture
def sources(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "page.css").write_text("a {}")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [folder]
    settings.STATIC_ROOT = tmp_path / "collected"
    return folder


@pytest.fixture
def collected(sources: Path, settings: Settings) -> Path:
    assert assets.collect()
    return Path(settings.STATIC_ROOT)


def test_they_are_collected_once(collected: Path) -> None:
    assert (collected / "page.css").read_text() == "a {}"
    assert not assets.collect()


def test_they_are_collected_again_after_one_was_changed(sources: Path, collected: Path) -> None:
    (sources / "page.css").write_text("b {}")
    known = (collected / "page.css").stat().st_mtime
    os.utime(sources / "page.css", (known + 5, known + 5))
    assert assets.collect()
    assert (collected / "page.css").read_text() == "b {}"
    assert not assets.collect()


def test_they_are_collected_again_after_one_was_added(sources: Path, collected: Path) -> None:
    (sources / "new.css").write_text("")
    assert assets.collect()
    assert (collected / "new.css").is_file()


def test_what_was_removed_is_removed(sources: Path, collected: Path) -> None:
    (sources / "page.css").rename(sources / "other.css")
    assert assets.collect()
    assert sorted(file.name for file in collected.iterdir()) == [assets.STAMP, "other.css"]


def test_another_way_of_naming_them_collects_again(collected: Path, settings: Settings) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "core.static.HashedStaticFiles"}}
    assert assets.collect()
    assert not assets.collect()
    assert len(list(collected.glob("page.*.css"))) == 1


def test_a_folder_that_was_emptied_is_filled_again(collected: Path) -> None:
    (collected / assets.STAMP).unlink()
    assert assets.collect()
