"""The tree of groups of a form, as sections of an instrument."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from sipas.imports.questionnaires.foreign import is_item_id
from sipas.survey.instruments.items import Condition, Factor, Item, Section, Text

_Parts = tuple[tuple[Item, ...], tuple[Factor, ...], tuple[Section, ...]]


@dataclass
class Group:
    """kind: section or factor. children: items and groups, in the order of the form."""

    id: str
    title: Text
    intro: Text | None = None
    about_person: bool = False
    when: Condition | None = None
    kind: str = "section"
    children: "list[Item | Group]" = field(default_factory=list)

    def items(self) -> Iterator[Item]:
        for child in self.children:
            if isinstance(child, Group):
                yield from child.items()
            else:
                yield child


class GroupTree:
    """own: items before all groups are questions outside of sections."""

    def __init__(self, own: bool = False) -> None:
        self.root = Group("", {})
        self.open_groups = [self.root]
        self.own = own
        self.made = 0

    @property
    def depth(self) -> int:
        return len(self.open_groups) - 1

    def open(self, group: Group) -> None:
        self.open_groups[-1].children.append(group)
        self.open_groups.append(group)

    def close(self) -> bool:
        """End the innermost group; False if none is open."""
        if not self.depth:
            return False
        self.open_groups.pop()
        return True

    def add(self, item: Item) -> None:
        self.open_groups[-1].children.append(item)

    def takes_intro(self) -> bool:
        group = self.open_groups[-1]
        return bool(self.depth) and not group.children and group.intro is None

    def set_intro(self, text: Text) -> None:
        self.open_groups[-1].intro = text

    def all_items(self) -> Iterator[Item]:
        return self.root.items()

    def parts(self, title: Text) -> _Parts:
        """Return questions, factors and sections. title: of groups that have none."""
        ids = {item.id for item in self.all_items()}
        outside = [child for child in self.root.children if isinstance(child, Item)]
        questions = tuple(outside) if self.own else ()
        groups = [child for child in self.root.children if isinstance(child, Group)]
        factors = tuple(
            Factor(one.id, one.title, tuple(one.items())) for one in groups if one.kind == "factor"
        )
        if self.own:
            rest = Group("", title, children=[one for one in groups if one.kind != "factor"])
        else:
            rest = Group("", title, children=self.root.children)
        return questions, factors, self._sections(rest, title, ids)[1]

    def _sections(
        self, group: Group, title: Text, taken: set[str]
    ) -> tuple[tuple[Item, ...], tuple[Section, ...]]:
        """Return the first items of a group and the sections below it. Items after a section, or outside all
        groups, become a section without a name of its own.
        """
        first: list[Item] = []
        sections: list[Section] = []
        loose: list[Item] | None = None
        named = group.title or title
        for child in group.children:
            if isinstance(child, Group):
                loose = None
                if any(child.items()):
                    sections.append(self._section(child, named, taken))
            elif group.id and not sections:
                first.append(child)
            else:
                if loose is None:
                    loose = []
                    sections.append(Section(self._new_id(taken), named, about_person=group.about_person))
                loose.append(child)
                sections[-1] = msgspec.structs.replace(sections[-1], items=tuple(loose))
        return tuple(first), tuple(sections)

    def _section(self, group: Group, title: Text, taken: set[str]) -> Section:
        name = group.id if is_item_id(group.id) and group.id not in taken else self._new_id(taken)
        taken.add(name)
        items, below = self._sections(
            Group(name, group.title, about_person=group.about_person, children=group.children), title, taken
        )
        return Section(
            id=name,
            title=group.title or title,
            intro=group.intro,
            about_person=group.about_person,
            when=group.when,
            items=items,
            sections=below,
        )

    def _new_id(self, taken: set[str]) -> str:
        self.made += 1
        while f"part{self.made}" in taken:
            self.made += 1
        return f"part{self.made}"
