"""The view of an autograd.Function whose backward was derived."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from layergen.emit import words
from layergen.emit.names import Names
from layergen.emit.python import Scope
from layergen.emit.schedule import Block, blocks, computed, use_counts
from layergen.emit.views import BlockView, DerivedView
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Graph
from layergen.spec.model import Argument, ArgumentType, Forward

__all__ = ["derived_view"]


def derived_view(
    name: str,
    arguments: Sequence[Argument],
    forward: Forward,
    derived: Sequence[Gradients],
    stated: str,
) -> DerivedView:
    """Describe the Function of a forward with a derived backward.

    Args:
        name: of the class.
        arguments: of the forward, in order.
        forward: the user's own statements; printed anew where more must be returned, or where
            there are none.
        derived: what was derived, the fullest setting of flags first.
        stated: the equation, or "".
    """
    summary = f"Differentiate {stated or forward.name} by the chain rule"
    return Printing(
        name,
        arguments,
        forward.body,
        derived[0],
        words.docstring(summary),
        (name, forward.name),
    ).view()


class Printing:
    """The printing of one Function; names are agreed on between its methods."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[Argument],
        body: str,
        gradients: Gradients,
        summary: str,
        reserved: Iterable[str],
    ) -> None:
        self.name = name
        self.arguments = arguments
        self.body = body
        self.gradients = gradients
        self.summary = summary
        self.graph = without_clashing_hints(gradients)
        self.argument_names = [each.name for each in arguments]
        self.cotangent_names = cotangent_names(gradients)
        self.names = Names(
            (
                *reserved,
                *self.argument_names,
                *self.cotangent_names,
                *(f"grad_{each}" for each in self.argument_names),
            )
        )
        self.scalars = [each.name for each in arguments if not each.type.is_tensor]
        self.by_argument = {
            self.graph[index].hint: index for index in gradients.arguments
        }

    def view(self) -> DerivedView:
        """Put all together."""
        keeps = self.gradients.kept
        forward = self.forward() if keeps or not self.body else self.body
        saved = self.saved()
        known = {index: self.saved_name(index) for index in saved}
        known |= self.cotangents()
        scope = Scope(self.graph, self.names, known, self.scalars)
        rebuilt = self.rebuild(saved)
        made = tuple(self.blocks(scope))
        gradient_names = [
            f"grad_{self.argument_names[position]}"
            for position, root in enumerate(self.gradients.gradients)
            if root is not None
        ]
        outputs = len(self.gradients.outputs) + len(keeps)
        several = len(gradient_names) > 1
        return DerivedView(
            partial="_partials/function_derived.jinja",
            name=self.name,
            summary=self.summary,
            formulas=(),
            signature=words.signature(self.arguments, plain=True),
            returns=words.returned(outputs),
            body=forward,
            setup=tuple(self.setup(saved, scope)),
            cotangent_signature=self.cotangent_signature(),
            unpacked=words.target([known[index] for index in saved]) if saved else "",
            scalars=tuple(each for each in self.scalars if each in scope.used_scalars),
            no_gradients=" = ".join(gradient_names) if several else "",
            rebuilt=rebuilt,
            blocks=made,
            results=words.joined(self.results()),
            arguments=words.joined(self.argument_names),
            picked=self.picked(),
            texts=self.texts(forward, rebuilt, made),
        )

    def cotangent_signature(self) -> str:
        """Print backward's arguments; what was kept has no gradient worth a name."""
        declared = [f"{each}: Tensor" for each in self.cotangent_names]
        return words.joined(
            [*declared, *(["*_: Tensor"] if self.gradients.kept else [])]
        )

    def forward(self) -> str:
        """Print the forward, with what backward is given beside the outputs."""
        known = {index: self.graph[index].hint for index in self.gradients.arguments}
        scope = Scope(self.graph, self.names, known, self.scalars)
        roots = [*self.gradients.outputs, *self.gradients.kept]
        order = computed(self.graph, roots, known)
        uses = use_counts(self.graph, order, roots)
        lines = scope.statements(order, uses, self.gradients.kept)
        returned = [scope.value(index) for index in roots]
        single = len(returned) == 1 and self.gradients.single
        text = returned[0] if single else tuple_of(returned)
        return "\n".join([*lines, f"return {text}"])

    def saved(self) -> tuple[int, ...]:
        """List what is saved; rebuilding what was kept takes every tensor argument."""
        if not self.rebuilds():
            return self.gradients.saved
        others = [
            index
            for index in self.gradients.saved
            if index not in self.gradients.arguments
        ]
        return (*self.gradients.arguments, *others)

    def rebuilds(self) -> bool:
        """Tell whether something kept depends on the inputs, and must be seen through."""
        return any(self.depends(index) for index in self.gradients.kept)

    def depends(self, index: int) -> bool:
        """Tell whether a kept value varies with the inputs in a differentiable way."""
        node = self.graph[index]
        return not node.random and not node.constant and node.dtype in FLOATING

    def rebuild(self, saved: Sequence[int]) -> tuple[str, ...]:
        """Print how the kept values are computed again where they are differentiated."""
        kept = self.gradients.kept
        if not self.rebuilds():
            return ()
        if not any(node.random for node in self.graph.nodes):
            targets = ["_"] * len(self.gradients.outputs)
            targets += [
                self.names.of(self.graph[index]) if self.depends(index) else "_"
                for index in kept
            ]
            arguments = words.joined(self.argument_names)
            return (f"{words.joined(targets)} = {self.name}.forward({arguments})",)
        fixed = [index for index in kept if not self.depends(index)]
        known = {index: self.saved_name(index) for index in saved if index not in kept}
        known |= {index: self.names.of(self.graph[index]) for index in fixed}
        scope = Scope(self.graph, self.names, known, self.scalars)
        roots = [index for index in kept if self.depends(index)]
        order = computed(self.graph, roots, known)
        lines = scope.statements(order, use_counts(self.graph, order, roots), roots)
        return tuple(lines)

    def saved_name(self, index: int) -> str:
        """Name a saved value in backward."""
        node = self.graph[index]
        if index in self.gradients.arguments:
            return node.hint
        if index in self.gradients.outputs and not node.hint:
            return self.names.given.setdefault(index, self.names.fresh("result"))
        return self.names.of(node)

    def cotangents(self) -> dict[int, str]:
        """Name the incoming gradients that are used."""
        found = zip(self.gradients.cotangents, self.cotangent_names, strict=False)
        return {index: name for index, name in found if index is not None}

    def setup(self, saved: Sequence[int], scope: Scope) -> Iterable[str]:
        """Print setup_context."""
        used = {self.graph[index].hint for index in saved}
        used |= {self.graph[index].hint for index in scope.missing_shapes}
        used |= scope.used_scalars | (set(self.scalars) if self.rebuilds() else set())
        arguments = [each if each in used else "_" for each in self.argument_names]
        if used:
            yield f"{words.target(arguments)} = inputs"
        yield from self.outputs_of(saved)
        if saved:
            yield f"ctx.save_for_backward({words.joined(map(self.saved_name, saved))})"
        for each in self.scalars:
            if each in used:
                yield f"ctx.{each} = {each}"
        for index, name in scope.missing_shapes.items():
            yield f"ctx.{name} = {self.shape_of(self.graph[index].hint)}"

    def shape_of(self, name: str) -> str:
        """Print the shape of an argument, which may be None."""
        [argument] = [each for each in self.arguments if each.name == name]
        if argument.type is ArgumentType.OPTIONAL_TENSOR:
            return f"None if {name} is None else {name}.shape"
        return f"{name}.shape"

    def outputs_of(self, saved: Sequence[int]) -> Iterable[str]:
        """Print what setup_context does with the outputs."""
        kept, outputs = self.gradients.kept, self.gradients.outputs
        constant = [
            index
            for index, cotangent in zip(outputs, self.gradients.cotangents, strict=True)
            if cotangent is None
        ]
        marked = [*constant, *kept]
        wanted = {*marked, *(index for index in saved if index in (*outputs, *kept))}
        targets = [
            self.saved_name(index) if index in wanted else "_"
            for index in (*outputs, *kept)
        ]
        if wanted and targets != ["output"]:
            single = self.gradients.single and len(targets) == 1
            yield f"{targets[0] if single else words.target(targets)} = output"
        if marked:
            names = words.joined(map(self.saved_name, marked))
            yield f"ctx.mark_non_differentiable({names})"

    def blocks(self, scope: Scope) -> Iterable[BlockView]:
        """Print the backward's own operations."""
        found = blocks(self.gradients, scope.known)
        roots = [each for each in self.gradients.gradients if each is not None]
        nodes = [node for block in found for node in block.nodes]
        uses = use_counts(self.graph, nodes, roots)
        everybody = tuple(
            at for at, each in enumerate(self.gradients.gradients) if each is not None
        )
        printed: set[int] = set()
        for block in found:
            own = self.own_gradients(block, everybody)
            ends = {self.gradients.gradients[at] for at in own}
            body = [node for node in block.nodes if node not in ends]
            lines = scope.statements(body, uses)
            for position in own:
                lines.append(self.gradient(position, scope))
                printed.add(position)
            if lines:
                yield BlockView(condition(block.owners, everybody), tuple(lines))
        for position in everybody:
            if position not in printed:
                lines = [self.gradient(position, scope)]
                yield BlockView(condition((position,), everybody), tuple(lines))

    def own_gradients(self, block: Block, everybody: Sequence[int]) -> Sequence[int]:
        """List the gradients that are finished in a block."""
        if len(block.owners) > 1:
            return ()
        root = self.gradients.gradients[block.owners[0]]
        return block.owners if root in block.nodes else ()

    def gradient(self, position: int, scope: Scope) -> str:
        """Print the assignment of a gradient."""
        root = self.gradients.gradients[position]
        assert root is not None
        text = scope.known.get(root) or scope.expression(self.graph[root])[0]
        return f"grad_{self.argument_names[position]} = {text}"

    def results(self) -> Iterable[str]:
        """Print what backward returns."""
        for name, root in zip(
            self.argument_names, self.gradients.gradients, strict=True
        ):
            yield "None" if root is None else f"grad_{name}"

    def texts(
        self, body: str, rebuilt: Sequence[str], made: Sequence[BlockView]
    ) -> tuple[str, ...]:
        """List all statements, for the imports that they need."""
        lines = [line for block in made for line in block.lines]
        return (body, *rebuilt, *(["torch"] if rebuilt else []), *lines)

    def picked(self) -> str:
        """Print what takes the outputs out of all that forward returns."""
        if not self.gradients.kept:
            return ""
        count = len(self.gradients.outputs)
        return "[0]" if self.gradients.single else f"[:{count}]"


FLOATING = ("float64", "float32", "float16", "bfloat16", "complex128", "complex64")


def without_clashing_hints(gradients: Gradients) -> Graph:
    """Let no shared value bear the name of one argument's gradient."""
    nodes = []
    roots = [each for each in gradients.gradients if each is not None]
    shared = {each for each in roots if roots.count(each) > 1}
    operands = [each for node in gradients.graph.nodes for each in node.operands]
    for node in gradients.graph.nodes:
        is_root = node.index in roots
        if is_root and (node.index in shared or node.index in operands):
            node = replace(node, hint="")
        nodes.append(node)
    return Graph(tuple(nodes))


def cotangent_names(gradients: Gradients) -> list[str]:
    """Name the incoming gradients, those that say nothing with a line before."""
    count = len(gradients.outputs)
    names = ["grad_out"] if count == 1 else [f"grad_out_{at}" for at in range(count)]
    named = [
        name if each is not None else f"_{name}"
        for name, each in zip(names, gradients.cotangents, strict=True)
    ]
    return named


def condition(owners: Sequence[int], everybody: Sequence[int]) -> str:
    """Ask whether any of some gradients is wanted; nothing where all of them own it."""
    if tuple(owners) == tuple(everybody):
        return ""
    return " or ".join(f"ctx.needs_input_grad[{at}]" for at in owners)


def tuple_of(texts: Sequence[str]) -> str:
    """Print a tuple without parentheses."""
    return f"{texts[0]}," if len(texts) == 1 else words.joined(texts)
