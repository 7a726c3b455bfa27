"""A stand-in for Pulumi's SDK: registers nothing anywhere, and records all that would be registered.

Outputs are known at once, as they are in a run that has finished. An Output that is used as text is refused, for with
the real SDK that is a mistake which shows only in the cloud.
"""

from __future__ import annotations

import json
import os
from typing import Any

# What was registered, in order: see CustomResource.
REGISTERED: list[CustomResource] = []
EXPORTED: dict[str, Any] = {}
SECRET = "[secret]"


class Output:
    """A value that the real SDK would hand over later. What is made of a secret is one too, and never told."""

    def __init__(self, value: Any, is_secret: bool = False):
        self._value = value
        self._is_secret = is_secret

    def __class_getitem__(cls, _item: Any) -> type[Output]:
        return cls

    def __getattr__(self, name: str) -> Output:
        if name.startswith("__"):
            raise AttributeError(name)
        return Output(f"{self._value}.{name}", self._is_secret)

    def __getitem__(self, key: Any) -> Output:
        # What a resource puts out is not known here, so a part of it is told as such.
        part = f"{self._value}[{key}]" if isinstance(self._value, str) else self._value[key]
        return Output(part, self._is_secret)

    def __str__(self) -> str:
        raise TypeError("an Output was used as text; apply or concat is needed")

    def __bool__(self) -> bool:
        raise TypeError("an Output was asked whether it is true; apply is needed")

    def __iter__(self) -> Any:
        raise TypeError("an Output was gone through; apply is needed")

    def apply(self, function: Any) -> Output:
        made = function(self._value)
        return Output(_known(made), self._is_secret or _has_secret(made))

    @staticmethod
    def all(*values: Any) -> Output:
        return Output([_known(value) for value in values], any(_has_secret(value) for value in values))

    @staticmethod
    def concat(*values: Any) -> Output:
        return Output.all(*values).apply("".join)

    @staticmethod
    def secret(value: Any) -> Output:
        return Output(_known(value), True)

    @staticmethod
    def from_input(value: Any) -> Output:
        return value if isinstance(value, Output) else Output(value)


def _known(value: Any) -> Any:
    return _known(value._value) if isinstance(value, Output) else value


def _has_secret(value: Any) -> bool:
    return isinstance(value, Output) and (value._is_secret or _has_secret(value._value))


Input = Output


def resolved(value: Any) -> Any:
    """A value with all Outputs and argument classes in it replaced by what they hold; None members are left out."""
    if isinstance(value, Output):
        return SECRET if _has_secret(value) else resolved(value._value)
    if isinstance(value, Resource):
        raise TypeError("a resource was given where one of its outputs belongs")
    if hasattr(value, "_given"):
        value = value._given
    if isinstance(value, dict):
        return {key: resolved(one) for key, one in value.items() if one is not None}
    return [resolved(one) for one in value] if isinstance(value, list | tuple) else value


class ResourceOptions:
    def __init__(self, parent: Resource | None = None, depends_on: list[Resource] | None = None):
        self.parent = parent
        self.depends_on = depends_on or []


class Resource:
    def __init__(self, kind: str, name: str, opts: ResourceOptions | None = None):
        self._kind = kind
        self._name = name
        self._options = opts or ResourceOptions()


class ComponentResource(Resource):
    def __init__(self, t: str, name: str, props: Any = None, opts: ResourceOptions | None = None):
        super().__init__(t, name, opts)

    def register_outputs(self, _outputs: dict[str, Any]) -> None:
        pass


class CustomResource(Resource):
    """A resource of the cloud. Two of one type and name are refused, as the engine refuses them."""

    def __init__(self, kind: str, name: str, given: dict[str, Any], opts: ResourceOptions | None):
        super().__init__(kind, name, opts)
        if any(one._kind == kind and one._name == name for one in REGISTERED):
            raise ValueError(f"{kind} {name} is registered twice")
        self._inputs = resolved(given)
        REGISTERED.append(self)


class Config:
    """The stack's configuration, from the very variable that the real engine sets."""

    def __init__(self, name: str | None = None):
        self._name = name or os.environ["PULUMI_PROJECT"]
        self._values = json.loads(os.environ.get("PULUMI_CONFIG", "{}"))

    def get(self, key: str) -> str | None:
        return self._values.get(f"{self._name}:{key}")

    def require(self, key: str) -> str:
        value = self.get(key)
        if value is None:
            raise KeyError(f"Missing required configuration variable '{self._name}:{key}'")
        return value

    def require_secret(self, key: str) -> Output:
        return Output(self.require(key), is_secret=True)


def get_stack() -> str:
    return os.environ["PULUMI_STACK"]


def export(name: str, value: Any) -> None:
    EXPORTED[name] = resolved(value)
