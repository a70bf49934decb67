"""A disk as a model: what was done to it, and what a power cut may leave of that.

Certain is a file's content once the file is synced, and a name once its folder is. Whatever came since may be there or
not: each write and each name for itself, in any order, of a write also single sectors, or zeros in its place. Only a
change of names is whole: a rename happens or does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

SECTOR = 512

Tree = dict[str, bytes | None]  # by path, without a content for folders


@dataclass(eq=False, slots=True)
class Write:
    """Bytes written at a place in a file; None cuts the file off there, or stretches it."""

    at: int
    data: bytes | None

    def into(self, content: bytearray, data: bytes | None = None) -> None:
        """Does to the content what the write does, with other data of that length if given."""
        if self.data is None:
            content[:] = content[: self.at].ljust(self.at, b"\0")
            return
        content.extend(bytes(max(0, self.at - len(content))))
        content[self.at : self.at + len(self.data)] = data or self.data


@dataclass(eq=False, slots=True)
class File:
    """A file: what of its content is certain, and what was written since it was last synced."""

    safe: bytes = b""
    since: list[Write] = field(default_factory=list)

    def content(self, cut: "Cut") -> bytes:
        """The content that is found after the cut."""
        found = bytearray(self.safe)
        for write in self.since:
            cut.write(write, found)
        return bytes(found)


@dataclass(eq=False, slots=True)
class Folder:
    """A folder: its names as processes see them, those that are certain, and the changes since it was last synced."""

    names: "dict[str, File | Folder]" = field(default_factory=dict)
    safe: "dict[str, File | Folder]" = field(default_factory=dict)
    since: "list[Naming]" = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Naming:
    """One change of names, in one folder or two, which happens or does not: what each of them leads to from then on."""

    changes: tuple[tuple[Folder, str, File | Folder | None], ...]

    def done(self, folder: Folder, names: dict[str, File | Folder]) -> None:
        """Does to the names of a folder what the change does."""
        for where, name, what in self.changes:
            if where is not folder:
                continue
            if what is None:
                names.pop(name, None)
            else:
                names[name] = what


class Cut:
    """A power cut: by chance it keeps names and data that nobody has synced, in these shares."""

    def __init__(self, random: Random, *, names: float, data: float, torn: bool = False) -> None:
        self._random, self._names, self._data, self._torn = random, names, data, torn
        self._kept: dict[Naming, bool] = {}

    def keeps(self, naming: Naming) -> bool:
        """Whether a change of names has come to the disk; the same answer for both of its folders."""
        return self._kept.setdefault(naming, self._random.random() < self._names)

    def write(self, write: Write, content: bytearray) -> None:
        """Does to the content what of the write has come to the disk."""
        if self._random.random() < self._data:
            write.into(content)
        elif self._torn and write.data:
            write.into(content, self._tear(write, bytes(content[write.at : write.at + len(write.data)])))

    def _tear(self, write: Write, before: bytes) -> bytes:
        """Some sectors of the write, with what was there before between them: zeros where the file ended."""
        data = write.data or b""
        torn = bytearray(before.ljust(len(data), b"\0"))
        share = self._random.choice((0.0, 0.5, 0.9))
        for at in range(0, len(data), SECTOR):
            if self._random.random() < share:
                torn[at : at + SECTOR] = data[at : at + SECTOR]
        return bytes(torn)


class Disk:
    """What lies below one folder, changed by the calls of processes. Paths are seen from there, '' being itself."""

    def __init__(self) -> None:
        self.top = Folder()
        self._open: dict[int, tuple[File | Folder, int]] = {}  # by number, with the place of the next write

    def has(self, path: str, content: bytes | None) -> None:
        """A file or, without content, a folder that has been there for long."""
        folder, name = self._place(path)
        new: File | Folder = Folder() if content is None else File(content)
        folder.names[name] = folder.safe[name] = new

    def opened(self, number: int, path: str, flags: str) -> None:
        """A file that a process has opened."""
        if "O_CREAT" in flags and self._find(path) is None:
            self._name(path, File())
        node = self._at(path)
        if "O_TRUNC" in flags and isinstance(node, File):
            node.since.append(Write(0, None))
        self._open[number] = node, 0

    def write(self, number: int, data: bytes) -> None:
        """A write where the one before has ended."""
        file, at = self._open[number]
        self.pwrite(number, data, at)
        self._open[number] = file, at + len(data)

    def pwrite(self, number: int, data: bytes, at: int) -> None:
        """A write at a place."""
        self._file(number).since.append(Write(at, data))

    def truncate(self, number: int, size: int) -> None:
        """Gives an open file another size."""
        self._file(number).since.append(Write(size, None))

    def mkdir(self, path: str) -> None:
        """Makes a folder."""
        self._name(path, Folder())

    def unlink(self, path: str) -> None:
        """Removes a name."""
        self._name(path, None)

    def rename(self, old: str, new: str) -> None:
        """Moves a name, in one."""
        self._change((*self._place(old), None), (*self._place(new), self._at(old)))

    def link(self, old: str, new: str) -> None:
        """Gives a file a second name."""
        self._name(new, self._at(old))

    def sync(self, number: int) -> None:
        """Makes sure of what is in an open file, or of the names in an open folder."""
        self._settle(self._open[number][0])

    def sync_all(self) -> None:
        """Makes sure of everything."""
        for node in list(self._nodes(self.top)):
            self._settle(node)

    def after(self, cut: Cut) -> Tree:
        """What is found when the power is back."""
        return dict(self._found(self.top, "", cut))

    def _settle(self, node: File | Folder) -> None:
        if isinstance(node, File):
            node.safe = node.content(EVERYTHING)
            node.since.clear()
            return
        for naming in node.since:
            for folder in {folder: None for folder, _, _ in naming.changes}:
                naming.done(folder, folder.safe)
                if folder is not node:
                    folder.since.remove(naming)
        node.since.clear()

    def _found(self, folder: Folder, path: str, cut: Cut) -> Iterator[tuple[str, bytes | None]]:
        names = dict(folder.safe)
        for naming in folder.since:
            if cut.keeps(naming):
                naming.done(folder, names)
        for name, node in names.items():
            if isinstance(node, File):
                yield path + name, node.content(cut)
            else:
                yield path + name, None
                yield from self._found(node, f"{path}{name}/", cut)

    def _nodes(self, node: File | Folder) -> Iterator[File | Folder]:
        yield node
        if isinstance(node, Folder):
            for below in node.names.values():
                yield from self._nodes(below)

    def _name(self, path: str, node: File | Folder | None) -> None:
        self._change((*self._place(path), node))

    def _change(self, *changes: tuple[Folder, str, File | Folder | None]) -> None:
        naming = Naming(changes)
        for folder in {folder: None for folder, _, _ in changes}:
            naming.done(folder, folder.names)
            folder.since.append(naming)

    def _file(self, number: int) -> File:
        node = self._open[number][0]
        assert isinstance(node, File)
        return node

    def _place(self, path: str) -> tuple[Folder, str]:
        above, _, name = path.rpartition("/")
        folder = self._at(above)
        assert isinstance(folder, Folder)
        return folder, name

    def _at(self, path: str) -> File | Folder:
        found = self._find(path)
        assert found is not None, path
        return found

    def _find(self, path: str) -> File | Folder | None:
        node: File | Folder | None = self.top
        for name in filter(None, path.split("/")):
            node = node.names.get(name) if isinstance(node, Folder) else None
        return node


EVERYTHING = Cut(Random(0), names=1, data=1)  # noqa: S311 - no chance in it
