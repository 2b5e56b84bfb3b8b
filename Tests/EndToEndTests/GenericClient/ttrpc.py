"""Just enough of ttRPC for one call at a time over TCP: frames, envelopes, unary and bidirectional calls."""

import socket
import struct

REQUEST, RESPONSE, DATA = 1, 2, 3
REMOTE_CLOSED, REMOTE_OPEN, NO_DATA = 1, 2, 4


class Failed(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


def varint(number):
    encoded = b""
    while number > 0x7F:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])


def field(number, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def fields(message):
    """The fields of an encoded message, as (number, value)."""
    position = 0

    def read_varint():
        nonlocal position
        number = shift = 0
        while True:
            byte = message[position]
            position += 1
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
            shift += 7

    while position < len(message):
        number, kind = divmod(read_varint(), 8)
        value = read_varint()
        if kind == 2:
            value, position = message[position : position + value], position + value
        else:
            assert kind == 0, kind
        yield number, value


class Connection:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = -1

    def unary(self, service, method, payload, metadata):
        stream = self._open(service, method, metadata, payload, 0)
        return self._result(self._receive(stream)[1])

    def bidirectional(self, service, method, metadata):
        return Stream(self, self._open(service, method, metadata, b"", REMOTE_OPEN | NO_DATA))

    def _open(self, service, method, metadata, payload, flags):
        self.stream += 2
        envelope = field(1, service) + field(2, method) + field(3, payload)
        for key, value in metadata.items():
            envelope += field(5, field(1, key) + field(2, value))
        self._send(self.stream, REQUEST, flags, envelope)
        return self.stream

    def _send(self, stream, kind, flags, body):
        self.socket.sendall(struct.pack(">IIBB", len(body), stream, kind, flags) + body)

    def _receive(self, wanted):
        """The next frame of a stream, as (kind, body, flags)."""
        length, stream, kind, flags = struct.unpack(">IIBB", self._read(10))
        body = self._read(length)
        assert stream == wanted, (stream, wanted)
        return kind, body, flags

    def _read(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("the server hung up")
            data += part
        return data

    @staticmethod
    def _result(envelope):
        found = dict(fields(envelope))
        status = dict(fields(found.get(1, b"")))
        if status.get(1, 0) != 0:
            raise Failed(status[1], status.get(2, b"").decode())
        return found.get(2, b"")


class Stream:
    def __init__(self, connection, number):
        self.connection, self.number = connection, number

    def send(self, message):
        self.connection._send(self.number, DATA, 0, message)

    def finish(self):
        self.connection._send(self.number, DATA, REMOTE_CLOSED | NO_DATA, b"")

    def receive(self):
        """The next message; None after the last."""
        kind, body, flags = self.connection._receive(self.number)
        if kind == RESPONSE:
            self.connection._result(body)
            return None
        return None if flags & NO_DATA else body
