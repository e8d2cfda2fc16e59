"""Texts of layergen.toml, one of each kind."""

SWISH = """\
# my own comment
format = 1

[component]
name = "Swish"
makes = ["op", "layer"]   # both
backward = "stub"

[forward]
text = '''
def swish(x, beta):
    return x * torch.sigmoid(beta * x)
'''

[arguments]
x = { tensor = "..." }
beta = {tensor=""}

[parameters]
beta = { init = "1.0", shape = "" }

[example]
shows = "a learnable scalar"

[written]  # hashes
"op.py" = "sha256:1"
"""

BLOCK = """\
format = 1
[component]
name = "SEBlock"
summary = "Weigh channels by what all of them say."
makes = ["layer"]
tests_into = "../tests"
[arguments]
reduction = { int = "16" }
x = { tensor = "batch channels ..." }
[submodules]
reduce = "Half(channels, max(1, channels // reduction))"
[buffers]
seen = { init = "zeros", shape = "channels" }
[forward]
text = '''
def forward(self, x):
    if self.training:
        return x
    gate = self.reduce(x.flatten(2).mean(-1)) + self.seen
    return x * gate.unflatten(-1, (-1, *(1,) * (x.dim() - 2)))
'''
[returns]
shapes = ["batch,channels,..."]
[[cases]]
channels = 4
reduction = 2
[modules.Half.submodules]
both = '''
nn.ModuleList(
    nn.Linear(rows, columns) for _ in range(2)
)'''
[modules.Half.arguments]
x = { tensor = "..., rows" }
[modules.Half.forward]
text = "def forward(self, x): return self.both[0](x) + self.both[1](x)"
[[modules.Half.cases]]
rows = 3
"""

ATTENTION = """\
format = 1
[component]
name = "SelfAttention"
makes = ["op", "layer"]
[forward]
text = '''
def attend(q, k, v, mask=None, *, causal=False):
    scores = q @ k.mT if mask is None else q @ k.mT + mask
    return scores.tril() @ v if causal else scores @ v
'''
[arguments]
mask = { "tensor?" = "t,s" }
causal = { bool = "True", keyword_only = true }
[modules.SelfAttention.submodules]
project = "nn.Linear(width, width)"
[modules.SelfAttention.arguments]
x = { tensor = "batch,t,width" }
[modules.SelfAttention.forward]
text = '''
def forward(self, x):
    return self_attention(self.project(x), x, x)
'''
"""

LOSS = """\
format = 1
[component]
name = "Focal"
makes = ["loss"]
[forward]
text = '''
def focal(logits, target, gamma=2.0):
    return torch.nn.functional.cross_entropy(logits, target, reduction="none") * gamma
'''
[arguments]
logits = { tensor = "batch,classes" }
target = { index = "batch" }
"""

ALL = {"swish": SWISH, "block": BLOCK, "attention": ATTENTION, "loss": LOSS}
