"""Python's collector of garbage, in a process that serves one application until it ends."""

import gc


def settle() -> None:
    """Leave what has started alone from now on, and look for garbage less often.

    Full collections over a started application stall it by tens of milliseconds again and again. What is left alone is
    never freed: this is for whoever lives as long as the process.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()
