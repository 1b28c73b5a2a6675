"""A socket that listens on loopback, and the threads that serve who comes: for services that tests play."""

import socket
import threading


def end(*connections: socket.socket):
    """Wakes whoever waits for them, here and on the other side."""
    for one in connections:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def run_both(there, back, *connections: socket.socket):
    """What goes on in two directions. When either ends, so do the connections, and with them the other."""

    def run(one):
        try:
            one()
        except OSError:
            pass
        finally:
            end(*connections)

    other = threading.Thread(target=run, args=(back,), daemon=True)
    other.start()
    try:
        run(there)
    finally:
        other.join()  # nobody may close what it still reads


class Listener:
    """`serve(connection)` runs on a thread of its own for each connection, which is closed behind it.

    The socket is closed after its thread has ended, never under it. A thread that waits in accept() would still wait for
    the socket's number, and a process that is stopped and goes on (as that of a machine that is put to sleep) begins the
    call anew: what got the number meanwhile, the socket of a later test, would be served by the thread of an earlier one.
    """

    def __init__(self, serve):
        self._serve = serve
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def is_waiting(self) -> bool:
        return self._thread.is_alive()

    def close(self):
        """Nobody is let in any more; who is in is cut. Those who serve them may run on for a moment."""
        end(self._socket)
        self._thread.join()
        self._socket.close()
        with self._lock:
            end(*self._open)

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection: socket.socket):
        try:
            self._serve(connection)
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()
