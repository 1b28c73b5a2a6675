"""Who plays a service for one test is gone before the next."""

import socket
import threading

import pytest
from support.listener import Listener


def test_who_comes_is_served_and_cut_when_it_closes():
    served = threading.Event()

    def echo(connection: socket.socket):
        while data := connection.recv(100):
            connection.sendall(data)
        served.set()

    with Listener(echo) as listener, socket.create_connection(("127.0.0.1", listener.port), timeout=20) as client:
        client.sendall(b"hello")
        assert client.recv(100) == b"hello"
        listener.close()
        assert client.recv(100) == b"" and served.wait(20)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", listener.port))


def test_nobody_waits_at_a_number_that_another_socket_gets():
    listener = Listener(lambda connection: None)
    assert listener.is_waiting
    listener.close()
    assert not listener.is_waiting
