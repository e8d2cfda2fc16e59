"""Weigh values in bytes, at one nominal size for every free dimension: no example has a say."""

import math

from layergen.ir.graph import Arithmetic, Limit, Node, Number, Scalar, Size, SizeAt

__all__ = ["NOMINAL", "bytes_of"]

NOMINAL = 64  # of every free size
BYTES = {
    "bool": 1,
    "uint8": 1,
    "int8": 1,
    "bfloat16": 2,
    "float16": 2,
    "int16": 2,
    "float32": 4,
    "int32": 4,
    "complex128": 16,
}


def bytes_of(node: Node) -> float:
    """Count bytes where every free size is nominal."""
    if node.dtype == "":
        return math.inf  # several values at once can't be saved
    sizes = (max(nominal(each), 1) for each in node.shape)  # n - 2 * m may be less
    return float(BYTES.get(node.dtype, 8) * math.prod(sizes))


def nominal(number: Number) -> float:
    """Evaluate a size where every free one is nominal."""
    match number:
        case Size() | SizeAt():
            return NOMINAL
        case Scalar() | Limit():
            return 1
        case Arithmetic(op, operands):
            return computed(op, [nominal(each) for each in operands])
    return float(number)


def computed(op: str, values: list[float]) -> float:
    """Apply an operator to numbers."""
    first, last = values[0], values[-1]
    if op in ("/", "//", "%"):
        last = last or 1  # of n // (n - m)
    match op:
        case "+":
            return sum(values)
        case "-":
            return first - last
        case "*":
            return math.prod(values)
        case "/":
            return first / last
        case "//":
            return first // last
        case "%":
            return first % last
        case "**":
            return float(first**last)
        case "max":
            return max(values)
        case "min":
            return min(values)
    return first
