"""A stand-in for the part of pydantic-settings that the settings use: a model read from the process environment."""

import os
import typing

from pydantic import BaseModel, ConfigDict


def SettingsConfigDict(**settings):
    return ConfigDict(**settings)


class BaseSettings(BaseModel):
    def __init__(self):
        names = [name for name in typing.get_type_hints(type(self)) if name != "model_config"]
        super().__init__(**{name: os.environ[name.upper()] for name in names if name.upper() in os.environ})

    def __repr__(self):
        inner = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({inner})"
