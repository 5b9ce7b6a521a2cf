"""What was added to a text that a browser has already, so that only that is sent."""


def kept_and_added(old: str, new: str) -> tuple[int, str]:
    """The length of the common beginning, in UTF-16 units as browsers count, and the rest of the new."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[:middle] == new[:middle]:
            low = middle
        else:
            high = middle - 1
    return len(new[:low].encode("utf-16-le", "surrogatepass")) // 2, new[low:]
