"""What the system tells of processes."""


def resident_kib(pid: int) -> int:
    """Return the resident memory of a process in KiB."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
