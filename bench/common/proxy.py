"""A proxy in front of a server's socket: it stands for a network, counts round trips and records texts."""
import queue
import socket
import struct
import threading
import time

CHUNK = 65536


class Proxy:
    """Listens on a free port of 127.0.0.1 and passes everything on to a unix socket.

    `latency` is the seconds that each direction takes; what follows at once is not held up twice.
    """

    def __init__(self, path, kind, latency=0.0):
        self.path, self.kind, self.latency = str(path), kind, latency
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.forget()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def forget(self):
        """Begins to count and record anew."""
        self.connecting = 0
        self.round_trips = 0
        self.texts = []

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.path)
            session = Session(self)
            self._pipe(client, server, session.from_client)
            self._pipe(server, client, session.from_server)

    def _pipe(self, source, target, notice):
        chunks = queue.SimpleQueue()

        def receive():
            while chunk := _received(source):
                notice(chunk)
                chunks.put((time.monotonic() + self.latency, chunk))
            chunks.put((0.0, None))

        def send():
            while True:
                due, chunk = chunks.get()
                if chunk is None:
                    break
                if self.latency:
                    time.sleep(max(0.0, due - time.monotonic()))
                try:
                    target.sendall(chunk)
                except OSError:
                    break
            try:
                target.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        threading.Thread(target=receive, daemon=True).start()
        threading.Thread(target=send, daemon=True).start()


def _received(source):
    try:
        return source.recv(CHUNK)
    except OSError:
        return b""


class Session:
    """What one connection says.

    A round trip is an answer that follows something the client said; the goodbye has none.
    """

    def __init__(self, proxy):
        self.proxy = proxy
        self.buffer = b""
        self.waiting = False
        self.connected = False
        self.started = proxy.kind != "postgres"
        self.messages = self._postgres if proxy.kind == "postgres" else self._mysql

    def from_client(self, chunk):
        self.buffer += chunk
        while self.messages():
            pass
        self.waiting = True

    def from_server(self, _chunk):
        if self.waiting:
            self.waiting = False
            if self.connected:
                self.proxy.round_trips += 1
            else:
                self.proxy.connecting += 1

    def _postgres(self):
        """Takes a message off the buffer.

        Source: PostgreSQL 15 manual, 55.7 "Message Formats".
        """
        header = 5 if self.started else 4
        if len(self.buffer) < header:
            return False
        length = struct.unpack("!I", self.buffer[header - 4:header])[0] + header - 4
        if len(self.buffer) < length:
            return False
        message, self.buffer = self.buffer[:length], self.buffer[length:]
        if not self.started:
            # An `SSLRequest` comes before the start-up message, and is answered by one byte.
            self.started = message[4:8] != struct.pack("!I", 80877103)
            return True
        kind, body = message[:1], message[5:]
        # `p` is a password: still connecting.
        self.connected = self.connected or kind != b"p"
        if kind == b"Q":
            self.proxy.texts.append(body[:-1].decode())
        elif kind == b"P":
            self.proxy.texts.append(body.split(b"\0")[1].decode())
        return True

    def _mysql(self):
        """Takes a packet off the buffer.

        Source: MySQL 8.4 "Client/Server Protocol": a command's packet has the sequence number 0, those of
        the handshake go on from the server's.
        """
        if len(self.buffer) < 4:
            return False
        length = int.from_bytes(self.buffer[:3], "little") + 4
        if len(self.buffer) < length:
            return False
        packet, self.buffer = self.buffer[:length], self.buffer[length:]
        if packet[3] != 0:
            return True
        self.connected = True
        query, prepare = 3, 22
        if packet[4] in (query, prepare):
            self.proxy.texts.append(packet[5:].decode())
        return True
