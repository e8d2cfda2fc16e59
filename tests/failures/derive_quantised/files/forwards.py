import torch


def ripple(x):
    q = torch.quantize_per_tensor(x.detach().float(), 0.1, 0, torch.qint8)
    return x * q.dequantize()
