"""Building ONNX graphs node by node, with weights kept as 8-bit integers where that is wanted."""

from collections.abc import Collection
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8

MICROSOFT = "com.microsoft"
"""Domain of the operators that ONNX Runtime has beside those of the standard."""

INTEGER_LIMIT = 63
"""Largest magnitude of a weight in an integer product. Processors without VNNI add two products of 8 bits in 16 bits
and saturate: 2 * 255 * 63 fits, so that every processor computes the same numbers; 127 would not."""

Shape = list[int | str]


class Graph:
    """Nodes and weights in the order in which they are added; names of tensors are handed about as strings."""

    def __init__(self, stores_integers: bool) -> None:
        """`stores_integers`: keep large weights as int8 per output channel, otherwise all in single precision."""
        self.stores_integers = stores_integers
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []

    def node(self, operator: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        """Adds an operator with one output and gives the output's name."""
        name = name or f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def nodes(self, operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        """Adds an operator with several outputs."""
        self._nodes.append(helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes))

    def constant(self, name: str, values: np.ndarray) -> str:
        """Adds values that are stored as they are."""
        self._initializers.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def weights(self, name: str, values: np.ndarray, channel_axis: int) -> str:
        """Adds large weights: int8 with one scale an output channel, computed with in single precision."""
        if not self.stores_integers:
            return self.constant(name, values.astype(np.float32))
        integers, scales = quantised(values, channel_axis, 127)
        self.constant(f"{name}.int8", integers)
        self.constant(f"{name}.scale", scales)
        return self.node("DequantizeLinear", f"{name}.int8", f"{name}.scale", name=name, axis=channel_axis)

    def linear(self, name: str, x: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """The node of x W + b for x [..., in]; `weight` [out, in]. Of 8-bit integers where those are stored."""
        if not self.stores_integers:
            product = self.node("MatMul", x, self.constant(f"{name}.weight", weight.T.astype(np.float32)))
        else:
            integers, scales = quantised(weight, 0, INTEGER_LIMIT)
            given = [f"{name}.x", f"{name}.x_scale", f"{name}.x_zero"]
            self.nodes("DynamicQuantizeLinear", [x], given)
            self.constant(f"{name}.int8", integers.T)
            product = self.node("MatMulInteger", given[0], f"{name}.int8", given[2])
            product = self.node("Cast", product, to=TensorProto.FLOAT)
            scale = self.node("Mul", given[1], self.constant(f"{name}.scale", scales))
            product = self.node("Mul", product, scale)
        return self.node("Add", product, self.constant(f"{name}.bias", bias.astype(np.float32)))

    def model(
        self, name: str, inputs: dict[str, Shape], outputs: dict[str, Shape], integers: Collection[str] = ()
    ) -> bytes:
        """The finished model, the same bytes every time. Inputs are in single precision but for the `integers`."""
        read, given = (
            [
                helper.make_tensor_value_info(end, TensorProto.INT64 if end in integers else TensorProto.FLOAT, shape)
                for end, shape in side.items()
            ]
            for side in (inputs, outputs)
        )
        graph = helper.make_graph(self._nodes, name, read, given, self._initializers)
        opsets = [helper.make_opsetid("", OPSET)]
        if any(node.domain == MICROSOFT for node in self._nodes):
            opsets.append(helper.make_opsetid(MICROSOFT, 1))
        model = helper.make_model(graph, opset_imports=opsets)
        model.ir_version = IR_VERSION
        model.producer_name = "reprise"
        onnx.checker.check_model(model)
        return model.SerializeToString(deterministic=True)


def quantised(values: np.ndarray, axis: int, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """int8 values of at most `limit` and the scale of each channel of `axis`."""
    others = tuple(i for i in range(values.ndim) if i != axis)
    scales = np.maximum(np.abs(values).max(axis=others), 1e-12) / limit
    shape = [-1 if i == axis else 1 for i in range(values.ndim)]
    integers = np.round(values / scales.reshape(shape)).astype(np.int8)
    return integers, scales.astype(np.float32)
