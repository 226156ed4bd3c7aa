# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files and links below one folder. Folders are remembered: a server's tree has twenty
thousand files, and asking the kernel for each folder again takes longer than writing them."""
import os


class Tree:
    """All paths are relative to the root, without a leading slash."""

    def __init__(self, root):
        self.root = str(root)
        self.made = set()

    def folder(self, path):
        if path not in self.made:
            os.makedirs(f"{self.root}/{path}", exist_ok=True)
            while path and path not in self.made:
                self.made.add(path)
                path = os.path.dirname(path)

    def put(self, path, text, mode=0o644):
        """A text file as sysfs has them: with one newline at its end."""
        self.raw(path, f"{text}\n".encode(), mode)

    def raw(self, path, data=b"", mode=0o644):
        self.folder(os.path.dirname(path))
        fd = os.open(f"{self.root}/{path}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        if data:
            os.write(fd, data)
        if mode & 0o022:  # which umask takes away
            os.fchmod(fd, mode)
        os.close(fd)

    def put_all(self, folder, values):
        """{name: value} below @folder; None is left out."""
        for name, value in values.items():
            if value is not None:
                self.put(f"{folder}/{name}", value)

    def link(self, path, target):
        """@target is a path in the tree; the link is made relative, as the kernel does."""
        folder = os.path.dirname(path)
        self.folder(folder)
        here, there = folder.split("/"), target.split("/")
        same = 0
        while same < min(len(here), len(there)) and here[same] == there[same]:
            same += 1
        up = [".."] * (len(here) - same)
        self.point(path, "/".join(up + there[same:]))

    def point(self, path, text):
        """A link with exactly this text, such as /dev/vfio/3 below /proc/PID/fd."""
        self.folder(os.path.dirname(path))
        os.symlink(text, f"{self.root}/{path}")
