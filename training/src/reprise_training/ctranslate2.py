"""Reading the weights that CTranslate2, the engine behind faster-whisper, keeps in a `model.bin`.

Version 6 of its binary format, as its own converter writes it: a head, then each tensor with its name and shape, then
the names under which some tensors are used a second time. Only what a Whisper model in half precision needs is read.
"""

import math
import struct

import numpy as np

BINARY_VERSION = 6
SPECIFICATION = "WhisperSpec"
REVISION = 3

TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
"""NumPy's type for each number that the format has for one, without bfloat16, which NumPy lacks."""

Weights = dict[str, np.ndarray]


class Reader:
    """A place in the bytes, which moves on with what is read."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def take(self, n_bytes: int) -> bytes:
        """The next bytes; an error if there are not as many."""
        taken = self._content[self._at : self._at + n_bytes]
        if len(taken) < n_bytes:
            raise ValueError(f"the model ends at byte {len(self._content)}, within what starts at byte {self._at}")
        self._at += n_bytes
        return taken

    def number(self, code: str) -> int:
        """The next unsigned number, little-endian; `code` is struct's for its width."""
        return int(struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0])

    def name(self) -> str:
        """The next name: its length with the zero byte at its end, then its bytes."""
        content = self.take(self.number("H"))
        if not content.endswith(b"\0"):
            raise ValueError(f"a name ends at byte {self._at} without a zero byte; the model is no CTranslate2 model")
        return content[:-1].decode()

    def at_end(self) -> bool:
        """Whether everything was read."""
        return self._at == len(self._content)


def read(content: bytes) -> Weights:
    """The tensors of a Whisper model by name; a name used a second time stands for the same array."""
    reader = Reader(content)
    version = reader.number("I")
    if version != BINARY_VERSION:
        raise ValueError(f"expected a CTranslate2 model of binary version {BINARY_VERSION}, found version {version}")
    specification, revision = reader.name(), reader.number("I")
    if (specification, revision) != (SPECIFICATION, REVISION):
        raise ValueError(
            f"expected a {SPECIFICATION} of revision {REVISION}, found a {specification} of revision {revision}"
        )
    weights = dict(tensor(reader) for _ in range(reader.number("I")))
    for _ in range(reader.number("I")):
        alias, name = reader.name(), reader.name()
        if name not in weights:
            raise ValueError(f"{alias} is said to be {name}, which the model does not hold")
        weights[alias] = weights[name]
    if not reader.at_end():
        raise ValueError("bytes follow after the end of the model")
    return weights


def tensor(reader: Reader) -> tuple[str, np.ndarray]:
    """The next tensor and its name."""
    name = reader.name()
    shape = [reader.number("I") for _ in range(reader.number("B"))]
    number, n_bytes = reader.number("B"), reader.number("I")
    if number not in TYPES:
        raise ValueError(f"{name} is of type {number}; known are {', '.join(map(str, TYPES))}")
    dtype = np.dtype(TYPES[number]).newbyteorder("<")
    if math.prod(shape) * dtype.itemsize != n_bytes:
        raise ValueError(f"{name} of shape {shape} and type {dtype.name} cannot have {n_bytes} bytes")
    return name, np.frombuffer(reader.take(n_bytes), dtype).reshape(shape)
