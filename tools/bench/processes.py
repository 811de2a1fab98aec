"""What the system tells of processes."""


def resident(process: int) -> int:
    """KiB of resident memory of a process."""
    with open(f"/proc/{process}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
