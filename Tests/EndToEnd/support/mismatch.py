"""Compares what the chat returned with what the model expects, and reports the first difference."""


class Mismatch(AssertionError):
    """The chat and the model disagree."""


def check_equal(what: str, found, expected) -> None:
    __tracebackhide__ = True
    if found != expected:
        raise Mismatch(f"{what}: {difference(found, expected)}")


def difference(found, expected, where: str = "") -> str:
    """The first place at which two documents differ."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            if key not in found or key not in expected or found[key] != expected[key]:
                nothing = "nothing"
                return difference(found.get(key, nothing), expected.get(key, nothing), f"{where}.{key}")
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for index, (one, other) in enumerate(zip(found, expected, strict=True)):
            if one != other:
                return difference(one, other, f"{where}[{index}]")
    return f"{where or 'it'} is {found!r}, and should be {expected!r}"
