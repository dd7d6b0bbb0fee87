"""DeiT's ImageNet weights as a beginning for ASimT, as the paper has it: Touvron et al., ICML 2021.

No package holds the weights; they come from a file that the user has, or through timm from the network where there is
one.
"""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from reprise_training.model.asimt import Asimt

ENCODER = ("blocks.", "patches.", "norm.", "positions", "cls")
NAMES = {"attn.qkv": "qkv", "attn.proj": "proj", "mlp.fc1": "fc1", "mlp.fc2": "fc2"}


def load_deit(model: nn.Module, source: str) -> None:
    """Fills the encoder with weights from a file (.pth, .safetensors), or of that name in timm. A ValueError says in
    one sentence what is missing."""
    if not isinstance(model, Asimt):
        raise ValueError(f"{source} is a beginning for ASimT only")
    given = read_state(source)
    own = model.state_dict()
    taken = {name: tensor for name, tensor in translated(given, model).items() if name in own}
    for name, tensor in taken.items():
        if tensor.shape != own[name].shape:
            raise ValueError(f"{source}: {name} is {list(tensor.shape)}, the network wants {list(own[name].shape)}")
    missing = [name for name in own if name.startswith(ENCODER) and name not in taken]
    if missing:
        raise ValueError(f"{source}: holds no {missing[0]}")
    model.load_state_dict(own | taken)


def read_state(source: str) -> dict[str, Tensor]:
    """Tensors by timm's names."""
    path = Path(source)
    if path.exists():
        return state_of_file(path)
    try:
        import timm
    except ImportError as error:
        raise ValueError(f"{source} is no file, and timm, which could fetch it, is not installed") from error
    try:
        return timm.create_model(source, pretrained=True).state_dict()
    # What a download raises is not one family, and says it in paragraphs.
    except Exception as error:
        raise ValueError(f"{source} is no file, and timm cannot fetch it: offline, or no such name") from error


def state_of_file(path: Path) -> dict[str, Tensor]:
    """Tensors of a file, with or without something around them."""
    if path.suffix == ".safetensors":
        try:
            from safetensors.torch import load_file as load
        except ImportError as error:
            raise ValueError(f"{path} needs the package safetensors, which is not installed") from error
    else:
        load = partial(torch.load, map_location="cpu", weights_only=True)
    try:
        content = load(path)
    # What is raised of another kind of file is not one family.
    except Exception as error:
        raise ValueError(f"{path}: holds no weights") from error
    weights: object = content.get("model", content) if isinstance(content, dict) else content
    if not isinstance(weights, dict):
        raise ValueError(f"{path}: holds no weights")
    return weights


def translated(given: dict[str, Tensor], model: Asimt) -> dict[str, Tensor]:
    """Names and shapes of timm to ours."""
    result = {}
    for name, tensor in given.items():
        if name == "patch_embed.proj.weight":
            # Three colours to one: a patch of ours has the brightness only.
            result["patches.weight"] = tensor.mean(dim=1, keepdim=True)
        elif name == "patch_embed.proj.bias":
            result["patches.bias"] = tensor
        elif name == "cls_token" and model.cls is not None:
            result["cls"] = tensor
        elif name == "pos_embed":
            result["positions"] = positions(tensor, model.config.grid, model.cls is not None)
        elif name.startswith(("blocks.", "norm.")):
            for theirs, ours in NAMES.items():
                name = name.replace(theirs, ours)
            result[name] = tensor
    return result


def positions(given: Tensor, grid: tuple[int, int], has_cls: bool) -> Tensor:
    """Position embeddings [1, n, D] of a square grid, behind one special token or two, for our grid: cut in the first
    axis, of which the middle rows are kept as in AST (Gong, Chung & Glass, Interspeech 2021), which the paper follows;
    interpolated bilinearly in the second. A distillation token is left out."""
    n_special = 2 if round((given.shape[1] - 2) ** 0.5) ** 2 == given.shape[1] - 2 else 1
    side = round((given.shape[1] - n_special) ** 0.5)
    if side**2 != given.shape[1] - n_special:
        raise ValueError(f"{given.shape[1]} position embeddings are no square grid behind one token or two")
    if grid[0] > side:
        raise ValueError(f"{grid[0]} rows of patches are more than the {side} of the given grid")
    first = side // 2 - grid[0] // 2
    square = given[:, n_special:].reshape(1, side, side, -1).permute(0, 3, 1, 2)[:, :, first : first + grid[0]]
    ours = torch.nn.functional.interpolate(square, size=grid, mode="bilinear", align_corners=False)
    flat = ours.flatten(2).transpose(1, 2)
    return torch.cat([given[:, :1], flat], dim=1) if has_cls else flat
