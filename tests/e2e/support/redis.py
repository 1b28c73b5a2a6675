"""A Redis of a test's own, which it may stop, freeze and flush, and a gate before it that makes answers late."""

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
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


class SlowGate:
    """A TCP proxy that passes everything, each answer `delay` seconds late."""

    def __init__(self, port: int):
        self.upstream = port
        self.delay = 0.0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.upstream))
            except OSError:
                return
            threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_late: bool):
        try:
            while data := source.recv(65536):
                if is_late and self.delay:
                    time.sleep(self.delay)
                sink.sendall(data)
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
