"""What the two embedded servers have in common: how one is started and stopped."""

import subprocess
from pathlib import Path
from typing import Protocol

from cognitia.embedded.children import Program, end, launch


class EmbeddedServer(Protocol):
    """One server of one home folder. `manage.py up` supervises its program; tests start and stop it themselves."""

    home: Path
    log: Path
    socket_folder: Path
    _process: subprocess.Popen[bytes] | None

    @property
    def url(self) -> str: ...

    def program(self) -> Program: ...

    def make_ready_to_run(self) -> None:
        """Everything that is made once and then found."""

    def wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None: ...

    def start(self) -> str:
        """Start the server and return its URL once it answers."""
        self.make_ready_to_run()
        with self.log.open("ab") as log:
            self._process = launch(self.program(), log)
        self.wait_until_ready(self._process, self.log)
        return self.url

    def stop(self) -> None:
        if self._process is not None:
            end(self.program(), self._process)
            self._process = None
