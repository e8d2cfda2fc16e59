"""PyTorch's own operator database, each variant derived and held against autograd.

`python -m tests.autodiff.op_database [--third] [--write]` judges all of it, or the third that the
tests judge, and prints a table; --write keeps it under tests/benchmarks/results/.
"""
