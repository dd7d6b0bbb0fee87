"""A network as it ships, run by ONNX Runtime: for whoever has the application's model and not its checkpoint."""

from pathlib import Path

import onnxruntime
import torch
from torch import Tensor, nn

from reprise_training.model.asimt import AsimtConfig
from reprise_training.model.output import Output


class Exported(nn.Module):
    """What `reprise_training.export` wrote, in place of the network it came from. It learns nothing."""

    def __init__(self, config: AsimtConfig, input_shape: tuple[int, int], path: Path) -> None:
        """`config` says where the moments lie, if there are any."""
        super().__init__()
        self.config = config
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        content = path.read_bytes()
        try:
            self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        # What ONNX Runtime raises of another kind of file is not one family.
        except Exception as error:
            raise ValueError(f"{path}: is no network") from error
        wanted, found = list(input_shape), self.session.get_inputs()[0].shape[1:]
        if found != wanted:
            raise ValueError(f"{path} reads {found} rows and frames, the configuration {wanted}")

    def forward(self, frames: Tensor) -> Output:
        """`frames` [batch, rows, n_frames]."""
        embedding, *moments = self.session.run(None, {"frames": frames.numpy()})
        return Output(torch.from_numpy(embedding), None, *(torch.from_numpy(one) for one in moments))
