"""Print one derivation: the statements of a Function, without its frame."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from layergen.emit import words
from layergen.emit.formulas import formulas
from layergen.emit.names import Names, cotangent_names
from layergen.emit.printed import Printed, Statements
from layergen.emit.schedule import Block, blocks, computed, use_counts
from layergen.emit.stateless import without_state
from layergen.emit.statements import Scope
from layergen.emit.ways_back import first_derivative, sums
from layergen.ir.gradients import Gradients
from layergen.ir.graph import DeviceOf, DtypeOf, Graph, Node, Phase
from layergen.spec.model import Argument

__all__ = ["printed"]

WIDE = "float64"  # what the inputs' own dtype is while a forward is traced


def printed(
    name: str,
    arguments: Sequence[Argument],
    gradients: Gradients,
    reserved: Iterable[str],
) -> Printed:
    """Print a derivation.

    Args:
        name: of the Function, which a second derivative calls.
        arguments: of the forward.
        gradients: what was derived.
        reserved: names that must not be given to anything.
    """
    return Printing(name, arguments, gradients, reserved).all()


class Printing:
    """The printing of one Function; names are agreed on between its methods."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[Argument],
        gradients: Gradients,
        reserved: Iterable[str],
    ) -> None:
        self.name = name
        self.gradients = gradients
        self.graph = without_clashing_hints(gradients)
        self.argument_names = [each.name for each in arguments]
        self.cotangent_names = incoming(gradients, self.argument_names)
        self.names = Names(
            (
                *reserved,
                *self.argument_names,
                *self.cotangent_names,
                *(f"grad_{each}" for each in self.argument_names),
            )
        )
        self.saved_names: dict[int, str] = {}
        for index, own in zip(gradients.kept, gradients.returned_by, strict=False):
            self.names.keep(index, own)
        self.ways_back = {
            way_back: self.names.fresh(f"grad_{self.saved_name(index)}")
            for index, way_back in zip(
                gradients.kept, gradients.ways_back, strict=False
            )
            if way_back is not None
        }
        self.sums = sums(gradients)
        for each, chain in self.sums.items():
            self.names.given |= dict.fromkeys(chain, self.ways_back[each])
        self.scalars = [each.name for each in arguments if not each.type.is_tensor]

    def all(self) -> Printed:
        """Print everything."""
        gradients = self.gradients
        forward = self.forward()
        saved = self.saved()
        known = {index: self.saved_name(index) for index in saved}
        scope = self.scope(self.graph, known | self.cotangents())
        statements = in_order(self.statements(scope))
        rebuilt = self.rebuild(saved)
        used = scope.used_scalars | (set(self.scalars) if rebuilt else set())
        return Printed(
            forward=forward,
            saved=tuple(known.values()),
            outputs=tuple(self.outputs(saved)),
            marked=tuple(self.marked()),
            kept=tuple(map(self.saved_name, gradients.kept)),
            ways_back=tuple(self.ways_back.values()),
            scalars=tuple(each for each in self.scalars if each in used),
            shapes=tuple(self.graph[index].hint for index in scope.missing_shapes),
            rebuilt=rebuilt,
            backward=statements,
            cotangents=tuple(self.cotangent_names),
            gradients=self.everybody(),
            formulas=self.formulas(),
        )

    def formulas(self) -> tuple[str, ...]:
        """State the first derivative."""
        graph = first_derivative(self.gradients, self.graph)
        if graph is None:
            return ()
        called = {at: self.ways_back[each] for each, (*_, at) in self.sums.items()}
        chains = {at for chain in self.sums.values() for at in chain}
        given = {at: e for at, e in self.names.given.items() if at not in chains}
        return formulas(graph, self.gradients, self.argument_names, called, given)

    def scope(self, graph: Graph, known: Mapping[int, str]) -> Scope:
        """Begin a body with some values at hand."""
        from_end = self.gradients.any_lead
        return Scope(graph, self.names, known, from_end=from_end)

    def forward(self) -> str:
        """Print the forward, with what backward is given beside the outputs."""
        known = {index: self.graph[index].hint for index in self.gradients.arguments}
        scope = self.scope(self.graph, known)
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
        arguments, saved = self.gradients.arguments, self.gradients.saved
        if not self.gradients.rebuilds:
            return (*self.for_dtype(saved), *saved)
        return (*arguments, *(index for index in saved if index not in arguments))

    def for_dtype(self, saved: Sequence[int]) -> Sequence[int]:
        """Choose an argument to be saved where backward asks for the inputs' dtype in vain."""
        at_hand = [*saved, *self.cotangents()]
        asked = any(map(asks_dtype, self.graph.nodes))
        if not asked or any(self.graph[index].dtype == WIDE for index in at_hand):
            return ()
        arguments = self.gradients.arguments
        return [index for index in arguments if self.graph[index].dtype == WIDE][:1]

    def rebuild(self, saved: Sequence[int]) -> tuple[str, ...]:
        """Print how the kept values are computed again where they are differentiated."""
        kept = self.gradients.kept
        if not self.gradients.rebuilds:
            return ()
        nodes = self.graph.nodes
        if not any(
            each.random or each.changes_state or each.constant for each in nodes
        ):
            targets = ["_"] * len(self.gradients.outputs)
            targets += [
                self.names.of(self.graph[index]) if self.graph[index].varies else "_"
                for index in kept
            ]
            arguments = words.joined(self.argument_names)
            return (f"{words.joined(targets)} = {self.name}.forward({arguments})",)
        fixed = [index for index in kept if not self.graph[index].varies]
        known = {index: self.saved_name(index) for index in saved if index not in kept}
        known |= {index: self.names.of(self.graph[index]) for index in fixed}
        graph = Graph(tuple(map(without_state, nodes)))
        scope = self.scope(graph, known)
        roots = [index for index in kept if self.graph[index].varies]
        order = computed(graph, roots, known)
        return tuple(scope.statements(order, use_counts(graph, order, roots), roots))

    def saved_name(self, index: int) -> str:
        """Name a saved value in backward."""
        node = self.graph[index]
        if index in self.gradients.arguments:
            return node.hint
        alone = self.gradients.single and not self.gradients.kept
        alone &= "output" not in self.argument_names
        if index in self.gradients.outputs and (alone or not node.hint):
            name = "output" if alone else self.names.fresh("result")
            return self.saved_names.setdefault(index, name)
        return self.names.of(node)

    def cotangents(self) -> dict[int, str]:
        """Name the incoming gradients that are used."""
        found = zip(self.gradients.cotangents, self.cotangent_names, strict=False)
        of_outputs = {index: name for index, name in found if index is not None}
        return of_outputs | self.ways_back

    def marked(self) -> Iterable[str]:
        """Name what forward returns that has no gradient."""
        for index, cotangent in zip(
            self.gradients.outputs, self.gradients.cotangents, strict=True
        ):
            if cotangent is None:
                yield self.saved_name(index)
        yield from map(self.saved_name, self.gradients.kept[len(self.ways_back) :])

    def outputs(self, saved: Sequence[int]) -> Iterable[str]:
        """Name each of what forward returns, as far as setup_context wants it."""
        wanted = {*self.marked(), *(self.saved_name(index) for index in saved)}
        for index in (*self.gradients.outputs, *self.gradients.kept):
            name = self.saved_name(index)
            yield name if name in wanted else "_"

    def everybody(self) -> tuple[int, ...]:
        """List the arguments that have a gradient."""
        found = enumerate(self.gradients.gradients)
        return tuple(at for at, each in found if each is not None)

    def statements(self, scope: Scope) -> Iterable[Statements]:
        """Print the backward's own operations."""
        found = blocks(self.gradients, scope.known)
        roots = [each for each in self.gradients.gradients if each is not None]
        nodes = [node for block in found for node in block.nodes]
        uses = use_counts(self.graph, nodes, roots)
        finished: set[int] = set()
        for block in found:
            own = self.own_gradients(block)
            before = set(scope.known)
            ends = {self.gradients.gradients[at] for at in own}
            body = [node for node in block.nodes if node not in ends]
            lines = scope.statements(body, uses)
            for position in own:
                lines.append(self.gradient(position, scope))
                finished.add(position)
            if block.owners != self.everybody():
                scope.hidden |= scope.known.keys() - before
            if lines:
                yield Statements(block.owners, tuple(lines))
        for position in self.everybody():
            if position not in finished:
                yield Statements((position,), (self.gradient(position, scope),))

    def own_gradients(self, block: Block) -> Sequence[int]:
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


def in_order(found: Iterable[Statements]) -> tuple[Statements, ...]:
    """Put gradients in the order of the arguments, also those that are a shared value itself."""
    return tuple(sorted(found, key=lambda each: (-len(each.owners), each.owners)))


def asks_dtype(node: Node) -> bool:
    """Tell whether an operation of backward takes the inputs' dtype or device."""
    found = (*node.args, *(each for _, each in node.kwargs))
    asked = any(isinstance(each, DtypeOf | DeviceOf) for each in found)
    return asked and node.phase is Phase.BACKWARD


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


def incoming(gradients: Gradients, arguments: Sequence[str]) -> list[str]:
    """Name the incoming gradients, those that say nothing with a line before."""
    names = cotangent_names(len(gradients.outputs), arguments)
    return [
        name if each is not None else f"_{name}"
        for name, each in zip(names, gradients.cotangents, strict=True)
    ]


def tuple_of(texts: Sequence[str]) -> str:
    """Print a tuple without parentheses."""
    return f"{texts[0]}," if len(texts) == 1 else words.joined(texts)
