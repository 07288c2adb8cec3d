"""Messages over a pipe: eight bytes of length, big-endian, and as many bytes."""

from typing import BinaryIO


def send(stream: BinaryIO, data: bytes) -> None:
    """Write a length of eight bytes and the bytes; an unbuffered pipe takes a part at a time."""
    rest = memoryview(len(data).to_bytes(8, "big") + data)
    while rest:
        rest = rest[stream.write(rest) :]


def receive(stream: BinaryIO) -> bytes | None:
    """Read what ``send`` wrote; None where the stream ends before."""
    head = _read_exactly(stream, 8)
    return None if head is None else _read_exactly(stream, int.from_bytes(head, "big"))


def _read_exactly(stream: BinaryIO, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        part = stream.read(min(size - len(data), 1 << 20))
        if not part:
            return None
        data += part
    return bytes(data)
