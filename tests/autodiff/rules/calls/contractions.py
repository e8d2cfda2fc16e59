"""Contractions that the operator database lacks, or calls in another order."""

import torch

from tests.autodiff.rules.samples import call, real


def leaves(shapes):
    return [real(*shape, seed=place) for place, shape in enumerate(shapes)]


EQUATIONS = {
    "ij,jk->ik": ((2, 3), (3, 4)),
    "b i j, b j k -> b i k": ((2, 3, 4), (2, 4, 5)),
    "...ij,...jk->...ik": ((2, 3, 4), (5, 2, 4, 6)),
    "bhid,bhjd->bhij": ((2, 3, 4, 5), (2, 3, 6, 5)),
    "ij,jk,kl->il": ((2, 3), (3, 4), (4, 5)),
    "ij,jk,kl,lm->im": ((2, 3), (3, 4), (4, 5), (5, 2)),
    "bi,oij,bj->bo": ((2, 3), (4, 3, 5), (2, 5)),
    "b i, o i j, b j -> b o": ((2, 3), (4, 3, 5), (2, 5)),
    "...i,oij,...j->...o": ((2, 3), (4, 3, 5), (6, 2, 5)),
    "...i,oij,...j->o": ((2, 3), (4, 3, 5), (2, 5)),
    "i,ijk,j->": ((2,), (2, 3, 4), (3,)),  # k is summed away
    "i,i,i,i->i": ((3,), (3,), (3,), (3,)),
    "a,b,c,d,e,f->ace": ((2,), (3,), (4,), (5,), (2,), (3,)),
    "ij,jk": ((2, 3), (3, 4)),  # its output goes without saying
    "...a,ba": ((2, 4, 3), (5, 3)),
    "i,i": ((3,), (3,)),
    "i,j->ij": ((3,), (4,)),
    "ji->ij": ((2, 3),),
    "ij->j": ((2, 3),),  # i is summed away
    "ij->": ((2, 3),),
    "ij,kl->il": ((2, 3), (4, 5)),
    "ab...c->a...": ((2, 3, 4, 5),),
    "a...b->a...": ((2, 3, 4, 5),),
    "...ab->...": ((2, 3, 4, 5),),
    "b...d,d...->b": ((2, 3, 5, 4), (4, 3, 5)),
    "...i,...j->ij": ((4, 2, 3), (4, 2, 5)),
}

CALLS = {
    "einsum": [
        call(torch.einsum, equation, leaves(shapes))
        for equation, shapes in EQUATIONS.items()
    ],
    "tensordot": [
        call(torch.tensordot, real(2, 4, 3), real(3, 4, 5, seed=1), dims=dims)
        for dims in (1, ([2], [0]), ([-1, 1], [0, 1]), ([1, 2], [1, 0]))
    ]
    + [call(torch.tensordot, real(2, 3), real(4, seed=1), dims=0)],
    "inner": [
        call(torch.inner, real(*one), real(*other, seed=1))
        for one, other in (
            ((2, 5, 3), (4, 3)),
            ((3,), (4, 2, 3)),
            ((2, 3), (4, 3)),
            ((), (2, 3)),
        )
    ],
    "linalg.multi_dot": [
        call(torch.linalg.multi_dot, leaves(((3,), (3, 4), (4, 2), (2,)))),
    ],
    "kron": [
        call(torch.kron, real(2, 5, 3), real(4, 3, 2, seed=1)),
        call(torch.kron, real(5, 3), real(4, 3, 2, seed=1)),
        call(torch.kron, real(2, 5, 3), real(4, seed=1)),
    ],
}
