"""Whether an answer holds what a case expects, and the variables of a case.

Objects match when each expected member is there and matches; more members may be. Arrays match element by element,
and are as long as expected unless the last expected element is "...". In a string: "*" is anything, "~REGEX" a string
in which the regex is found, "<absent>" that there is no such member. A string that is just "$name" catches the value
when nothing has that name yet, and must equal it afterwards.
"""

import json
import re

_VARIABLE = re.compile(r"\$(\$)|\$\{((?:[^*}]|\*(?!\d))+)\*(\d+)\}|\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)")
_CATCH = re.compile(r"\$([A-Za-z_]\w*)")


class Unknown(Exception):
    """A $name that nothing has caught."""


class Variables(dict):
    def fill(self, text: str) -> str:
        """The text with every ${x*N}, $name and $$ replaced."""

        def one(match: re.Match) -> str:
            if match.group(1) is not None:
                return "$"
            if match.group(2) is not None:
                return self.fill(match.group(2)) * int(match.group(3))
            name, rest = match.group(4), ""
            if name not in self and "." in name:
                name, rest = name.split(".", 1)
                rest = "." + rest
            if name not in self:
                raise Unknown(f"${name} is not known here")
            value = self[name]
            return (value if isinstance(value, str) else json.dumps(value)) + rest

        return _VARIABLE.sub(one, text)


def same(expected, found) -> bool:
    """Equal as JSON: true is not 1, 1 is 1.0."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(same(expected[key], found[key]) for key in expected)
    return expected == found


def _shown(value) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:300] + "..."


def _string(expected: str, found, variables: Variables, where: str) -> list[str]:
    if expected == "*":
        return []
    if catch := _CATCH.fullmatch(expected):
        if catch.group(1) not in variables:
            variables[catch.group(1)] = found
            return []
        wanted = variables[catch.group(1)]
        return [] if same(wanted, found) else [f"{where}: ${catch.group(1)} is {_shown(wanted)}, found {_shown(found)}"]
    if expected.startswith("~"):
        pattern = variables.fill(expected[1:]) if "$" in expected[1:-1] else expected[1:]
        if isinstance(found, str) and re.search(pattern, found):
            return []
        return [f"{where}: expected a string like {pattern}, found {_shown(found)}"]
    wanted = variables.fill(expected)
    return [] if same(wanted, found) else [f"{where}: expected {_shown(wanted)}, found {_shown(found)}"]


def _object(expected: dict, found, variables: Variables, where: str) -> list[str]:
    if not isinstance(found, dict):
        return [f"{where}: expected an object, found {_shown(found)}"]
    faults = []
    for key, wanted in expected.items():
        key = variables.fill(key)
        if wanted == "<absent>":
            if key in found:
                faults.append(f"{where}/{key}: expected no such member, found {_shown(found[key])}")
        elif key not in found:
            faults.append(f"{where}/{key}: is missing; there are {', '.join(found) or 'none'}")
        else:
            faults += differences(wanted, found[key], variables, f"{where}/{key}")
    return faults


def _array(expected: list, found, variables: Variables, where: str) -> list[str]:
    if not isinstance(found, list):
        return [f"{where}: expected an array, found {_shown(found)}"]
    open_ended = bool(expected) and expected[-1] == "..."
    wanted = expected[:-1] if open_ended else expected
    if len(found) < len(wanted) or (len(found) > len(wanted) and not open_ended):
        return [f"{where}: expected {'at least ' if open_ended else ''}{len(wanted)} elements, found {len(found)}: {_shown(found)}"]
    faults = []
    for index, element in enumerate(wanted):
        faults += differences(element, found[index], variables, f"{where}/{index}")
    return faults


def differences(expected, found, variables: Variables, where: str = "") -> list[str]:
    """One line per place where the two differ; empty when they match. Catches variables on the way."""
    if isinstance(expected, str):
        return _string(expected, found, variables, where)
    if isinstance(expected, dict):
        return _object(expected, found, variables, where)
    if isinstance(expected, list):
        return _array(expected, found, variables, where)
    return [] if same(expected, found) else [f"{where}: expected {_shown(expected)}, found {_shown(found)}"]
