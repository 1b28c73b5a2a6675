"""A Redis of a test's own, which it may stop, freeze and flush."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

from server import ROOT, free_port

PASSWORD = "xzepr-secret"


class Redis:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="xzepr-redis-")
        self.port = free_port()
        self.tls_port = free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://app:app-secret@127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"rediss://app:app-secret@127.0.0.1:{self.tls_port}"

    @property
    def ca_file(self) -> Path:
        return Path(self.folder.name) / "data/ca.pem"

    def _script(self, verb: str):
        with open(Path(self.folder.name) / f"{verb}.log", "w") as log:
            subprocess.run([ROOT / "tests/services/redis.sh", verb, Path(self.folder.name) / "data"], check=True, stdin=subprocess.DEVNULL,
                           stdout=log, stderr=log, env={**os.environ, "REDIS_PORT": str(self.port), "REDIS_TLS_PORT": str(self.tls_port)})

    def start(self):
        self._script("start")

    def stop(self):
        self._script("stop")

    def _signal(self, number: int):
        os.kill(int((Path(self.folder.name) / "data/pid").read_text()), number)

    def freeze(self):
        """It accepts connections and answers nothing, as one that hangs."""
        self._signal(signal.SIGSTOP)

    def thaw(self):
        self._signal(signal.SIGCONT)

    def ask(self, *words: str) -> str:
        """What redis-cli prints."""
        done = subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True, check=True,
                              env={**os.environ, "REDISCLI_AUTH": PASSWORD})
        return done.stdout.strip()

    def close(self):
        try:
            self.thaw()
        except (OSError, ValueError):
            pass
        self.stop()
        self.folder.cleanup()
