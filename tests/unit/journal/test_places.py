"""Network file systems are told from the mount table."""

from pathlib import Path

import pytest

from remindr.errors import Refused
from remindr.journal.places import network_file_system, refuse_network

TABLE = r"""
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/export /srv/books nfs4 rw,vers=4.2 0 0
//nas/office /mnt/my\040files cifs rw 0 0
ada@host:/home /home/ada/remote fuse.sshfs rw 0 0
C:\134 /mnt/c 9p rw,aname=drvfs 0 0
/dev/sdb1 /srv/books/local xfs rw 0 0
server:/old /cover nfs rw 0 0
/dev/sdc1 /cover ext4 rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/ada/books", None),
        ("/srv/books", "nfs4"),
        ("/srv/books/project/.remindr", "nfs4"),
        ("/srv/booksellers", None),
        ("/srv/books/local/project", None),
        ("/mnt/my files/project", "cifs"),
        ("/home/ada/remote/x", "fuse.sshfs"),
        ("/mnt/c/Users/ada", "9p"),
        ("/cover/project", None),
    ],
)
def test_the_deepest_mount_says_what_a_path_is_on(path: str, kind: str | None) -> None:
    assert network_file_system(Path(path), TABLE) == kind


def test_without_a_mount_table_every_place_is_local() -> None:
    assert network_file_system(Path("/srv/books"), "") is None


def test_the_refusal_names_the_place_and_a_way_out() -> None:
    with pytest.raises(Refused) as refused:
        refuse_network(Path("/srv/books/journal.db"), "journal.db", TABLE)
    assert str(refused.value) == (
        "journal.db: is on a network file system (nfs4), where locks and the journal cannot be relied on\n"
        "  hint: nothing was sent; keep the project, or at least its journal, on a disk of this machine"
    )
