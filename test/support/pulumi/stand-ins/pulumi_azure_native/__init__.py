"""A stand-in for Pulumi's Azure provider, strict about names: it has the classes of azure-native.json and no others,
with the arguments, values and outputs that the published provider declares."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi

_FOLDER = Path(__file__).parents[2]
_CLASSES = json.loads((_FOLDER / "azure-native.json").read_text())["classes"]
# By class: the type in Azure, and what makes up its name: arguments, or words that are in every name.
_TYPES = json.loads((_FOLDER / "resource-types.json").read_text())
_SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"


def python_name(wire: str) -> str:
    """A name of the wire as Pulumi has it in Python: publicIPAllocationMethod is public_ip_allocation_method."""
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", wire)
    return re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", parted).lower()


def _checked(title: str, declared: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Arguments by their names on the wire. Raises TypeError for one that the real class does not take, or lacks."""
    words = declared["arguments"].split()
    wire = {python_name(word.rstrip("*")): word.rstrip("*") for word in words}
    unknown = set(given) - set(wire)
    if unknown:
        raise TypeError(f"{title} takes no {', '.join(sorted(unknown))}")
    sent = {wire[name]: value for name, value in given.items() if value is not None}
    lacking = {word[:-1] for word in words if word.endswith("*")} - set(sent)
    if lacking:
        raise TypeError(f"{title} lacks {', '.join(sorted(lacking))}")
    for name, value in sent.items():
        for one in value if isinstance(value, list) else [value]:
            _check_value(f"{title}.{name}", one, declared.get("values", {}).get(name))
            _check_class(f"{title}.{name}", one, declared.get("classes", {}).get(name))
    return sent


def _check_value(title: str, value: Any, values: str | None) -> None:
    if values is not None and isinstance(value, str) and value not in values.split("|"):
        raise TypeError(f'{title} is "{value}", and may be {values}')


def _check_class(title: str, value: Any, classes: str | None) -> None:
    value = pulumi.resolved(value) if isinstance(value, pulumi.Output) else value
    name = type(value).__name__
    if classes is None and name.endswith("Args"):
        raise TypeError(f"{title} is given {name} and takes no class")
    if classes not in (None, "*") and not isinstance(value, dict) and name not in classes.split("|"):
        raise TypeError(f"{title} is given {name} and takes {classes}")


def _arguments(title: str, declared: dict[str, Any]) -> type:
    def init(self: Any, **given: Any) -> None:
        self._given = _checked(title, declared, given)

    return type(title.split(".")[1], (), {"__init__": init})


def _resource(title: str, declared: dict[str, Any]) -> type:
    arm_type, naming = _TYPES[title]
    outputs = {python_name(name) for name in declared["outputs"].split()}

    def init(self: Any, resource_name: str, opts: Any = None, **given: Any) -> None:
        # `resource_name` is the first argument of every class, so an argument of that name has a line behind it.
        given = {"resource_name" if name == "resource_name_" else name: one for name, one in given.items()}
        sent = _checked(title, declared, given)
        pulumi.CustomResource.__init__(self, declared["token"], resource_name, sent, opts)
        self._type = arm_type.format(**self._inputs)
        self._path = "/".join(self._inputs.get(part, part) for part in naming.split("/"))
        self.id = pulumi.Output(_id_of(self))
        self.name = pulumi.Output(self._path.split("/")[-1])

    def output(self: Any, name: str) -> Any:
        if name not in outputs:
            raise AttributeError(f"{title} has no output {name}")
        return pulumi.Output(f"{{{self._path}}}.{name}")

    return type(title.split(".")[1], (pulumi.CustomResource,), {"__init__": init, "__getattr__": output})


def _id_of(resource: Any) -> str:
    if resource._type == "Microsoft.Resources/resourceGroups":
        return f"{_SUBSCRIPTION}/resourceGroups/{resource._path}"
    space, *kinds = resource._type.split("/")
    group = resource._inputs.get("resourceGroupName")
    within = f"{_SUBSCRIPTION}/resourceGroups/{group}" if group else None
    scope = within or resource._inputs.get("scope") or resource._inputs.get("resourceUri")
    pairs = "/".join(f"{kind}/{name}" for kind, name in zip(kinds, resource._path.split("/"), strict=True))
    return f"{scope}/providers/{space}/{pairs}"


def _module(name: str) -> SimpleNamespace:
    classes = {title: one for title, one in _CLASSES.items() if title.split(".")[0] == name}
    make = {title: _resource if "token" in one else _arguments for title, one in classes.items()}
    return SimpleNamespace(**{title.split(".")[1]: make[title](title, one) for title, one in classes.items()})


def _client_config() -> pulumi.Output:
    return pulumi.Output("{client}")


_MODULES = {name: _module(name) for name in {title.split(".")[0] for title in _CLASSES}}
_MODULES["authorization"].get_client_config_output = _client_config


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {name} is not among the classes of azure-native.json")
    return _MODULES[name]
