"""One name, two spellings: RMSNorm as a class is rms_norm as a module, and back."""

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["class_name", "folded", "module_name"]

# How the field writes the words that str.capitalize() would get wrong.
_SPELLED = """
    ASPP BCE BERT CBAM CELU CNN CReLU CTC DCT ECA ELU FFN FFT FPN FiLM GAN GAT GCN GELU GIoU
    GLU GNN GPT GQA GRN GRU GeGLU IoU JS KL LRN LSTM LoRA MAE MHA MLP MQA MSE MoE NLL PReLU
    QK QKV RMS RMSE RNN RReLU ReGLU ReLU ResNet RoPE SE SELU SGU SPP SSIM SSM SiLU SwiGLU
    TCN TV UNet VAE VGG ViT VQ
"""
SPELLINGS: Mapping[str, str] = MappingProxyType(
    {each.lower(): each for each in _SPELLED.split()}
)

_KNOWN = "|".join(sorted(SPELLINGS.values(), key=len, reverse=True))
_WORD = re.compile(
    rf"(?:(?:{_KNOWN})(?=$|\d|[A-Z][a-z]|{_KNOWN})"  # ThresholdReLU -> Threshold, ReLU
    r"|[A-Z]+(?=[A-Z][a-z])"  # HTTPNorm -> HTTP
    r"|[A-Z]?[a-z]+|[A-Z]+)"
    r"(?:\d+(?:[dD](?![a-z]))?)?"  # Conv2d and ReLU6 are one word
    r"|\d+"
)
_BASE = re.compile(r"([a-z]*)(.*)", re.DOTALL)


def module_name(text: str) -> str:
    """Spell a name in snake_case: GatedUnit -> gated_unit, RMSNorm -> rms_norm."""
    parts = (part for part in text.split("_") if part)
    words = (
        [part] if part.islower() else _WORD.findall(part) or [part] for part in parts
    )
    return "_".join(word.lower() for found in words for word in found)


def class_name(text: str) -> str:
    """Spell a name as a class: gated_unit -> GatedUnit, relu -> ReLU.

    What was typed as a class, with an upper-case first letter and no `_`, is kept. The
    answer leads back: module_name(class_name(module)) == module.
    """
    if text[:1].isupper() and "_" not in text:
        return text
    module = module_name(text)
    words = module.split("_")
    spelled = [_capitalised(word) for word in words]
    plain = [word[:1].upper() + word[1:] for word in words]
    fitting = (
        joined
        for joined in ("".join(spelled), "".join(plain))
        if module_name(joined) == module
    )
    return next(fitting, "_".join(plain))  # x_y: XY would be read as one word


def folded(text: str) -> str:
    """What names that are one component have in common: gated_unit, GatedUnit."""
    return text.lower().replace("_", "")


def _capitalised(word: str) -> str:
    match = _BASE.fullmatch(word)
    assert match is not None  # it matches any text
    base, rest = match.groups()
    return SPELLINGS.get(base, base[:1].upper() + base[1:]) + rest
