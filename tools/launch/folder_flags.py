"""What a file system is told of a folder, as chattr(1) does."""

import fcntl
import os
from array import array
from pathlib import Path

# As in <linux/fs.h>, on machines whose `long` has 64 bits.
GET_FLAGS, SET_FLAGS, TOP_OF_HIERARCHY = 0x80086601, 0x40086602, 0x00020000


def distribute(folder: Path) -> None:
    """Have ext4 distribute the folders within one over the disk, and their files with them.

    Without it they are all in one place. Where ext4 has no journal, it passes over every file that
    was deleted from that place within the last minutes before it makes another one there. Other
    file systems have no such flag, and are left as they are.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.ioctl(descriptor, SET_FLAGS, array("i", [_flags(descriptor) | TOP_OF_HIERARCHY]))
    except OSError:
        pass
    finally:
        os.close(descriptor)


def is_distributed(folder: Path) -> bool:
    """Tell whether the folders within one are distributed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return bool(_flags(descriptor) & TOP_OF_HIERARCHY)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _flags(descriptor: int) -> int:
    flags = array("i", [0])
    fcntl.ioctl(descriptor, GET_FLAGS, flags)
    return flags[0]
