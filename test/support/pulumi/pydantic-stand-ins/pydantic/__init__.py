"""A stand-in for the part of pydantic that the settings use: models with checked names and types."""

from __future__ import annotations

import types
import typing
from typing import Any


class SecretStr:
    def __init__(self, value: str):
        self._value = value

    def get_secret_value(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "SecretStr('**********')"

    __str__ = __repr__


class _Field:
    def __init__(self, default: Any, limits: dict[str, float]):
        self.default = default
        self.limits = limits


_NOTHING = object()


def Field(default: Any = _NOTHING, **limits: float) -> Any:
    return _Field(default, limits)


def ConfigDict(**settings: Any) -> dict[str, Any]:
    return settings


class BaseModel:
    model_config: dict[str, Any] = {}

    def __init__(self, **given: Any):
        hints = {name: hint for name, hint in typing.get_type_hints(type(self)).items() if name != "model_config"}
        title = type(self).__name__
        unknown = set(given) - set(hints)
        if unknown:
            raise ValueError(f"{title} has no {', '.join(sorted(unknown))}")
        for name, hint in hints.items():
            object.__setattr__(self, name, self._value(f"{title}.{name}", name, hint, given))

    def _value(self, title: str, name: str, hint: Any, given: dict[str, Any]) -> Any:
        declared = getattr(type(self), name, _NOTHING)
        limits = declared.limits if isinstance(declared, _Field) else {}
        default = declared.default if isinstance(declared, _Field) else declared
        value = given.get(name, default)
        if value is _NOTHING:
            raise ValueError(f"{title} is missing")
        value = read(title, hint, value)
        if not limits:
            return value
        if not limits.get("ge", float("-inf")) <= value <= limits.get("le", float("inf")):
            raise ValueError(f"{title} is {value}")
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        raise ValueError(f"{type(self).__name__} is frozen")


def read(title: str, hint: Any, value: Any) -> Any:
    """A value read as a type says. Raises ValueError where it is of another."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in (types.UnionType, typing.Union):
        return next(one for one in _readings(title, inner, value))
    if origin is list and isinstance(value, list):
        return [read(title, inner[0], one) for one in value]
    if origin is dict and isinstance(value, dict):
        return {key: read(title, inner[1], one) for key, one in value.items()}
    if hint is type(None) and value is None:
        return None
    if isinstance(hint, type) and issubclass(hint, BaseModel) and isinstance(value, dict):
        return hint(**value)
    if hint is SecretStr and isinstance(value, str):
        return SecretStr(value)
    if hint is float and type(value) is int:
        return float(value)
    if origin is None and isinstance(hint, type) and type(value) is hint:
        return value
    raise ValueError(f"{title} is {value!r} and should be {hint}")


def _readings(title: str, hints: tuple[Any, ...], value: Any) -> Any:
    for hint in hints:
        try:
            yield read(title, hint, value)
        except ValueError:
            continue
    raise ValueError(f"{title} is {value!r}")
