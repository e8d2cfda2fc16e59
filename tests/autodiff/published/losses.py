"""Losses."""

import torch
import torch.nn.functional as F

from tests.autodiff.published.case import bits, classes, function, probabilities


def focal(inputs, targets, alpha: float = 0.25, gamma: float = 2.0):
    """Lin et al., 2017, as torchvision has it."""
    p = torch.sigmoid(inputs)
    ce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    p_t = p * targets + (1 - p) * (1 - targets)
    loss = ce * ((1 - p_t) ** gamma)
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return loss.mean()


def focal_of_classes(input, target, gamma=2.0):
    log_p = F.log_softmax(input, dim=-1)
    log_p = log_p.gather(1, target.view(-1, 1)).view(-1)
    return (-1 * (1 - log_p.exp()) ** gamma * log_p).mean()


def tversky(predicted, true, alpha=0.3, beta=0.7):
    hits = torch.sum(true * predicted)
    alarms = torch.sum((1 - true) * predicted)
    misses = torch.sum(true * (1 - predicted))
    return 1 - (hits + 1e-6) / (hits + alpha * alarms + beta * misses + 1e-6)


def lovasz_hinge(logits, labels):
    """Berman et al., 2018."""
    errors = 1 - logits * (2 * labels - 1)
    errors, order = errors.sort(descending=True)
    truth = labels[order]
    total = truth.sum()
    union = total + (1 - truth).cumsum(0)
    jaccard = 1 - (total - truth.cumsum(0)) / union
    jaccard = torch.cat([jaccard[:1], jaccard[1:] - jaccard[:-1]])
    return torch.dot(F.elu(errors) + 1, jaccard)


def label_smoothing(x, target, smoothing=0.1):
    """As timm has it."""
    log_p = F.log_softmax(x, dim=-1)
    nll = -log_p.gather(dim=-1, index=target.unsqueeze(1)).squeeze(1)
    return ((1.0 - smoothing) * nll - smoothing * log_p.mean(dim=-1)).mean()


def distillation(student, teacher, target, temperature=4.0, alpha=0.9):
    """Hinton et al., 2015."""
    soft = F.kl_div(
        F.log_softmax(student / temperature, dim=1),
        F.softmax(teacher / temperature, dim=1),
        reduction="batchmean",
    )
    return soft * (alpha * temperature**2) + F.cross_entropy(student, target) * (
        1.0 - alpha
    )


def nt_xent(z1, z2, temperature=0.5):
    """Chen et al., SimCLR, 2020."""
    n = z1.shape[0]
    z = F.normalize(torch.cat([z1, z2], dim=0), dim=1)
    similarity = torch.mm(z, z.T) / temperature
    itself = torch.eye(2 * n, dtype=torch.bool, device=z.device)
    similarity = similarity.masked_fill(itself, float("-inf"))
    target = torch.cat([torch.arange(n, 2 * n), torch.arange(n)]).to(z.device)
    return F.cross_entropy(similarity, target)


def vicreg(x, y):
    """Bardes et al., 2022."""
    batch, features = x.shape
    loss = 25 * F.mse_loss(x, y)
    for z in (x, y):
        z = z - z.mean(dim=0)
        loss = loss + 25 * F.relu(1 - torch.sqrt(z.var(dim=0) + 1e-4)).mean()
        covariance = (z.T @ z) / (batch - 1)
        apart = covariance - torch.diag(torch.diag(covariance))
        loss = loss + apart.pow(2).sum().div(features)
    return loss


def structural_similarity(x, y):
    mean_x, mean_y = F.avg_pool2d(x, 3, 1), F.avg_pool2d(y, 3, 1)
    var_x = F.avg_pool2d(x**2, 3, 1) - mean_x**2
    var_y = F.avg_pool2d(y**2, 3, 1) - mean_y**2
    covariance = F.avg_pool2d(x * y, 3, 1) - mean_x * mean_y
    above = (2 * mean_x * mean_y + 1e-4) * (2 * covariance + 9e-4)
    below = (mean_x**2 + mean_y**2 + 1e-4) * (var_x + var_y + 9e-4)
    return torch.clamp((1 - above / below) / 2, 0, 1).mean()


def sinkhorn(x, y, eps=0.5, steps=3):
    """Cuturi, 2013, in the logarithms' domain."""
    cost = torch.sum((x.unsqueeze(1) - y.unsqueeze(0)) ** 2, 2)
    u, v = torch.zeros_like(cost[:, 0]), torch.zeros_like(cost[0])
    for _ in range(steps):
        u = u - eps * torch.logsumexp((u[:, None] + v - cost) / eps, dim=-1)
        v = v - eps * torch.logsumexp((u[:, None] + v - cost) / eps, dim=0)
    plan = torch.exp((u[:, None] + v - cost) / eps)
    return torch.sum(plan * cost, dim=(-2, -1))


def clipped_policy(logp, old, advantage, clip=0.2):
    """Schulman et al., 2017."""
    ratio = (logp - old).exp()
    clipped = torch.clamp(ratio, 1.0 - clip, 1.0 + clip)
    return -torch.min(ratio * advantage, clipped * advantage).mean()


CASES = (
    function(focal, "batch classes", bits("batch classes")),
    function(focal_of_classes, "batch 4", classes("batch", 4)),
    function(tversky, probabilities("batch pixels"), bits("batch pixels")),
    function(lovasz_hinge, "pixels", bits("pixels")),
    function(label_smoothing, "batch 4", classes("batch", 4)),
    function(distillation, "batch 4", "batch 4", classes("batch", 4)),
    function(nt_xent, "batch features", "batch features"),
    function(vicreg, "batch features", "batch features"),
    function(
        structural_similarity,
        probabilities("batch channels height width"),
        probabilities("batch channels height width"),
    ),
    function(sinkhorn, "points features", "others features"),
    function(clipped_policy, "batch time", "batch time", "batch time"),
)
