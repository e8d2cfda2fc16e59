"""A loss with a derived backward, of a function in a file."""

import pytest

FOCAL = '''
import torch.nn.functional as F


def focal(logits, target, gamma: float = 2.0):
    """Weigh down what is classified well already."""
    log_p = F.log_softmax(logits, dim=1)
    log_pt = log_p.gather(1, target.unsqueeze(1)).squeeze(1)
    return -((1 - log_pt.exp()) ** gamma) * log_pt
'''


@pytest.fixture
def loss(layergen, folder):
    (folder / "forwards.py").write_text(FOCAL)
    layergen(
        *("new-loss", "focal", "--from", "forwards.py:focal", "--backward", "derived"),
        *("--arg", "target:index"),
        *("--shape", "logits=batch,classes", "--shape", "target=batch"),
    )
    return folder / "focal" / "loss.py"


def test_is_right_from_the_first_minute(loss, generated_tests, folder):
    ended = generated_tests("focal", "-k", "not inductor", cwd=folder)

    assert ended.returncode == 0, ended.stdout


def test_its_forward_is_the_users_own(loss):
    assert (
        "log_pt = log_p.gather(1, target.unsqueeze(1)).squeeze(1)" in loss.read_text()
    )


def test_a_slip_fails_its_tests(layergen, loss):
    text = loss.read_text()
    assert "grad_logits = grad_log_p - " in text
    loss.write_text(text.replace("grad_logits = grad_log_p - ", "grad_logits = "))

    layergen("test", "focal", "-q", "-k", "test_gradient", answer=1)
