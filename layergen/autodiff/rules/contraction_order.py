"""In which order a sum of products is taken; what its gradients have in common comes first.

Of "bi,oij,bj->bo" every gradient is a sum of three factors. Those of the first and the last share
"bo,oij->bij": with that they take two large products where three sums one by one take four.
"""

import re
from collections.abc import Sequence
from itertools import permutations

__all__ = ["contracted", "in_order", "shared_factor"]

NOMINAL = 64  # of every dimension: an example's sizes have no say
MOST = 5  # factors whose orders are all tried


def letters(term: str) -> list[str]:
    """Take a term apart: "...ij" is "...", "i", "j"."""
    return re.findall(r"\.\.\.|\w", term)


def contracted(one: str, other: str, needed: Sequence[str]) -> str:
    """Name what is left of a product where only some terms are needed after it."""
    wanted = set(letters("".join(needed)))
    both = dict.fromkeys(letters(one) + letters(other))
    return "".join(each for each in both if each in wanted)


def in_order(terms: Sequence[str], kept: str) -> tuple[int, ...]:
    """Order factors, which are multiplied from left to right; as they are unless that is dearer.

    Of "bi,bo,bj->oij" the first product is (b, i, o), and has to be copied to lie as the result
    does; of "bo,bi,bj->oij" it is not.
    """
    if len(terms) > MOST:
        return tuple(range(len(terms)))
    return min(
        permutations(range(len(terms))),
        key=lambda order: (cost(terms, order, kept), is_turned(terms, order, kept)),
    )


def is_turned(terms: Sequence[str], order: Sequence[int], kept: str) -> bool:
    """Tell whether a product's dimensions come in another order than the result's."""
    return contracted("", "".join(terms[each] for each in order), [kept]) != kept


def cost(terms: Sequence[str], order: Sequence[int], kept: str) -> int:
    """Count the multiplications, from left to right, where every dimension is nominal."""
    first, *others = (terms[each] for each in order)
    total = 0
    for at, each in enumerate(others):
        total += NOMINAL ** len(set(letters(first + each)))
        first = contracted(first, each, [*others[at + 1 :], kept])
    return total


def shared_factor(result: str, terms: Sequence[str]) -> int | None:
    """Find the factor that the others' gradients begin with, if that costs less."""
    if len(terms) < 3:
        return None
    apart = [cost_of_gradient(result, terms, place) for place in range(len(terms))]
    together = {
        place: apart[place] + cost_of_others(result, terms, place)
        for place in range(len(terms))
    }
    best = min(together, key=lambda place: together[place])
    return best if together[best] < sum(apart) else None


def cost_of_others(result: str, terms: Sequence[str], place: int) -> int:
    """Count what all gradients but one take where they share its factor's product with grad."""
    others = [*terms[:place], *terms[place + 1 :]]
    both = contracted(result, terms[place], others)
    first = cost((result, terms[place]), (0, 1), both)
    return first + sum(cost_of_gradient(both, others, at) for at in range(len(others)))


def cost_of_gradient(result: str, terms: Sequence[str], place: int) -> int:
    """Count what one gradient takes."""
    factors = [*terms[:place], result, *terms[place + 1 :]]
    return cost(factors, in_order(factors, terms[place]), terms[place])
