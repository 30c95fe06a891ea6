"""What would stop a newcomer is said in one sentence, before anything is made."""

import ast
import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cognitia import bootstrap
from cognitia.bootstrap import Refused

REPOSITORY = Path(bootstrap.__file__).parents[1]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a newcomer has: the sources, and no environment."""
    folder = tmp_path / "clone"
    (folder / "cognitia").mkdir(parents=True)
    shutil.copy(bootstrap.__file__, folder / "cognitia")
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(REPOSITORY / name, folder)
    return folder


def start(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`make run` up to the installation. No index of wheels is asked unless a test names one."""
    return subprocess.run(
        [sys.executable, str(clone / "cognitia" / "bootstrap.py"), *arguments],
        env={**os.environ, "COGNITIA_HOME": str(clone / "var"), "LLAMA_WHEELS": "", "TORCH_WHEELS": "", **environment},
        capture_output=True,
        text=True,
    )


def assert_refused(done: subprocess.CompletedProcess[str], clone: Path, sentence: str) -> None:
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.returncode == 1
    assert not (clone / ".venv").exists()
    assert not (clone / "var").exists()


class TestPython:
    def test_an_old_one_gets_its_sentence(self) -> None:
        with pytest.raises(Refused, match=r"needs Python 3\.11 or newer and this is 3\.9"):
            bootstrap.refuse_old_python((3, 9))

    def test_an_old_one_can_read_the_file_that_says_so(self) -> None:
        ast.parse(Path(bootstrap.__file__).read_text(), feature_version=(3, 6))

    def test_one_without_venv_gets_its_sentence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
        with pytest.raises(Refused, match="apt-get install python3-venv"):
            bootstrap.refuse_without_venv()


class TestCompiler:
    def test_a_missing_one_gets_its_sentence_and_nothing_is_made(self, clone: Path, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        done = start(clone, "--serve", PATH=str(tmp_path / "empty"), PORT=str(free_port()), CXX="")
        assert_refused(done, clone, "No C++ compiler")

    def test_it_is_not_needed_where_a_wheel_is_in_reach(self, monkeypatch: pytest.MonkeyPatch, wheels: str) -> None:
        monkeypatch.setattr(bootstrap, "WHEELS", wheels)
        found = bootstrap.find_wheel("0.3.36")
        assert found is not None
        assert found.startswith(wheels)
        assert "llama_cpp_python-0.3.36-" in found

    def test_another_version_is_no_wheel(self, monkeypatch: pytest.MonkeyPatch, wheels: str) -> None:
        monkeypatch.setattr(bootstrap, "WHEELS", wheels)
        assert bootstrap.find_wheel("0.3.37") is None

    def test_an_index_out_of_reach_is_no_wheel(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "WHEELS", f"http://127.0.0.1:{free_port()}/whl")
        assert bootstrap.find_wheel("0.3.36") is None


class TestTorch:
    def test_the_one_for_processors_is_found(self, monkeypatch: pytest.MonkeyPatch, wheels: str) -> None:
        monkeypatch.setattr(bootstrap, "TORCH_WHEELS", wheels)
        found = bootstrap.find_torch_wheel("2.13.0")
        assert found is not None
        assert found.startswith(wheels)
        assert "torch-2.13.0%2Bcpu-" in found

    def test_another_version_is_none(self, monkeypatch: pytest.MonkeyPatch, wheels: str) -> None:
        monkeypatch.setattr(bootstrap, "TORCH_WHEELS", wheels)
        assert bootstrap.find_torch_wheel("2.13.1") is None

    def test_the_lock_holds_nothing_of_cuda(self) -> None:
        lock = (REPOSITORY / "requirements.txt").read_text()
        assert "\ntorch==" in lock
        assert not any(name in lock for name in ("nvidia", "triton", "cuda"))


class TestPort:
    def test_a_taken_one_gets_its_sentence_and_nothing_is_made(self, clone: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            assert_refused(start(clone, "--serve", PORT=str(port)), clone, f"Port {port} on 127.0.0.1 cannot be used")

    def test_nonsense_gets_its_sentence(self, clone: Path) -> None:
        assert_refused(start(clone, "--serve", PORT="web"), clone, "PORT is 'web'")

    def test_a_free_one_is_fine(self) -> None:
        bootstrap.refuse_taken_port("127.0.0.1", free_port())


class TestHome:
    def test_a_full_disk_gets_its_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(Refused, match=r"has 12 MB free and Cognitia needs 300 MB; make room"):
            bootstrap.refuse_full_disk(tmp_path, bootstrap.RUN_BYTES, free=12_000_000)

    def test_the_disk_is_that_of_the_nearest_folder_there_is(self, tmp_path: Path) -> None:
        bootstrap.refuse_full_disk(tmp_path / "not" / "yet", 1)

    def test_a_home_that_is_a_file_gets_its_sentence(self, clone: Path, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        done = start(clone, "--serve", COGNITIA_HOME=str(tmp_path / "file" / "home"), PORT=str(free_port()))
        assert_refused(done, clone, "Nothing can be written to")

    def test_one_in_use_gets_its_sentence(self, clone: Path, tmp_path: Path) -> None:
        with bootstrap.lock_home(tmp_path):
            done = start(clone, "--serve", COGNITIA_HOME=str(tmp_path), PORT=str(free_port()))
        assert_refused(done, clone, f"Cognitia already runs from {tmp_path}")


class TestInstalling:
    def test_what_is_installed_is_not_installed_again(self, clone: Path) -> None:
        environment = clone / ".venv"
        (environment / "bin").mkdir(parents=True)
        (environment / "bin" / "python").symlink_to(sys.executable)
        bootstrap.stamp(clone / "requirements.txt", environment / ".requirements.txt.installed")
        done = start(clone, PATH="/nonexistent")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_the_pin_of_llama_is_read_from_the_lock(self) -> None:
        assert bootstrap.pinned(REPOSITORY / "requirements.txt", "llama-cpp-python").count(".") == 2

    def test_the_locks_name_no_host_and_no_path(self) -> None:
        for name in ("requirements.txt", "requirements-dev.txt"):
            lock = (REPOSITORY / name).read_text()
            assert "://" not in lock
            assert "--" not in lock


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Index(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        for machine in ("x86_64", "aarch64"):
            for name in (
                f"llama_cpp_python-0.3.36-py3-none-manylinux_2_17_{machine}.manylinux2014_{machine}.whl",
                f"torch-2.13.0%2Bcpu-{bootstrap.OWN}-manylinux_2_28_{machine}.whl",
            ):
                self.wfile.write(f'<a href="{name}#sha256=0">{name}</a>'.encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def wheels() -> Iterator[str]:
    """An index of wheels like those of llama-cpp-python and PyTorch, on this machine."""
    if sys.platform != "linux":
        pytest.skip("ready-made builds are only taken on Linux")
    server = http.server.HTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/whl"
    server.shutdown()
    server.server_close()
