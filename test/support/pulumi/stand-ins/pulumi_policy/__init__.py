"""A stand-in for Pulumi's policy SDK: keeps the pack, so that its policies can be shown resources."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

PACKS: list["PolicyPack"] = []
ReportViolation = Callable[[str], None]


class EnforcementLevel(Enum):
    ADVISORY = "advisory"
    MANDATORY = "mandatory"


@dataclass
class ResourceValidationArgs:
    resource_type: str
    props: dict[str, Any]
    urn: str
    name: str


@dataclass
class ResourceValidationPolicy:
    name: str
    description: str
    validate: Callable[[ResourceValidationArgs, ReportViolation], None]


@dataclass
class PolicyPack:
    name: str
    policies: list[ResourceValidationPolicy] = field(default_factory=list)
    enforcement_level: EnforcementLevel = EnforcementLevel.ADVISORY

    def __post_init__(self) -> None:
        PACKS.append(self)
