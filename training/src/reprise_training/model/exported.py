"""A network as it ships, run by ONNX Runtime: for whoever has the application's model and not its checkpoint."""

from pathlib import Path

import onnxruntime
import torch
from torch import Tensor, nn

from reprise_training.model.asimt import AsimtConfig
from reprise_training.model.output import Output


class Exported(nn.Module):
    """What `reprise_training.export` wrote, in place of the network it came from. It learns nothing."""

    def __init__(self, config: AsimtConfig, path: Path) -> None:
        super().__init__()
        self.config = config
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        self.session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
        wanted, found = [config.rows, config.n_frames], self.session.get_inputs()[0].shape[1:]
        if found != wanted:
            raise ValueError(f"{path} reads {found} rows and frames, the configuration {wanted}")

    def forward(self, frames: Tensor) -> Output:
        """`frames` [batch, rows, n_frames]."""
        embedding, *moments = self.session.run(None, {"frames": frames.numpy()})
        return Output(torch.from_numpy(embedding), None, *(torch.from_numpy(one) for one in moments))
