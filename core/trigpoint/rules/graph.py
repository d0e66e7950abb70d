"""What needs what: circles, and an order in which everything comes after what it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

Needs = Mapping[str, Collection[str]]


def circles(needs: Needs) -> list[tuple[str, ...]]:
    """The circles, each once and closed by its first name again: ('a', 'b', 'a')."""
    done: set[str] = set()
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for start in needs:
        path: list[str] = []
        pending = [(start, False)]
        while pending:
            name, left = pending.pop()
            if left:
                done.add(path.pop())
            elif name in path:
                circle = path[path.index(name) :]
                found.setdefault(frozenset(circle), (*circle, name))
            elif name not in done and name in needs:
                path.append(name)
                pending.append((name, True))
                pending += [(each, False) for each in reversed(list(needs[name]))]
    return list(found.values())


def in_order(needs: Needs) -> list[str]:
    """All names, each after those it needs; those in circles, and what needs them, are left out."""
    ordered: dict[str, None] = {}
    waiting = dict(needs)
    while ready := [name for name, others in waiting.items() if all(each in ordered for each in others)]:
        for name in ready:
            ordered[name] = None
            del waiting[name]
    return list(ordered)


def shown(circle: Collection[str]) -> str:
    """A circle as it is told: a -> b -> a."""
    return " -> ".join(circle)
