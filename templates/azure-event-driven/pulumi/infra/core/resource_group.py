"""The resource group, and what the layers hand on to one another through it."""

from __future__ import annotations

from typing import Any, TypeVar

import pulumi
from pulumi_azure_native import resources

from config.settings import EnvironmentSettings
from infra.core.naming import Names
from infra.core.tags import tags_of

Made = TypeVar("Made", bound=pulumi.CustomResource)

# The ten steps of the deployment and the steps each waits for; then what watches over them.
STEPS: dict[str, tuple[str, ...]] = {
    "core": (),
    "networking": ("core",),
    "security": ("networking",),
    "observability": ("security",),
    "database": ("security",),
    "messaging": ("security",),
    "functions": ("observability", "database", "messaging"),
    "microservices": ("functions",),
    "gateway": ("microservices",),
    "frontend": ("gateway",),
    # Diagnostic settings, alerts and the workbook look at all of the above, so they come after it.
    "monitoring": ("frontend",),
}


class Layer(pulumi.ComponentResource):
    """One step of the deployment: what is made in it waits for every resource of the steps it needs."""

    def __init__(self, step: str, needs: list[Layer]):
        super().__init__("event-driven:index:Layer", step)
        self.needs = needs

    def options(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a resource of this layer; `after` are further resources it waits for."""
        return pulumi.ResourceOptions(parent=self, depends_on=[*self.needs, *after])


class ResourceGroup:
    """One environment's resource group: where everything goes, and what is already there.

    A layer leaves what it made here, by its component of the table of names, for the layers that come later.
    """

    def __init__(self, settings: EnvironmentSettings):
        self.names = Names(settings.names)
        self.location: str = pulumi.Config("azure-native").require("location")
        self.tags = tags_of(settings, pulumi.Config().require("owner"))
        self._layers: dict[str, Layer] = {}
        self._made: dict[str, dict[str, pulumi.CustomResource]] = {}
        self.group = resources.ResourceGroup(
            "resource-group",
            resource_group_name=self.names.of("resourceGroup"),
            location=self.location,
            tags=self.tags,
            opts=self.layer("core").options(),
        )
        self.name = self.group.name

    def layer(self, step: str) -> Layer:
        """The layer of a step, made when first asked for."""
        if step not in self._layers:
            self._layers[step] = Layer(step, self._needs(step))
        return self._layers[step]

    def _needs(self, step: str) -> list[Layer]:
        """The layers a step waits for; one that was left out hands on what it would have waited for itself."""
        needs: list[Layer] = []
        for name in STEPS[step]:
            found = [self._layers[name]] if name in self._layers else self._needs(name)
            needs.extend(one for one in found if one not in needs)
        return needs

    def keep(self, component: str, resource: Made, item: str = "") -> Made:
        """Remembers what was made for a component, or for one item of it; answers it."""
        self._made.setdefault(component, {})[item] = resource
        return resource

    def has(self, component: str) -> bool:
        """Whether a component is there: those behind a flag are not while it is off."""
        return component in self._made

    def get(self, component: str, item: str = "") -> Any:
        """What was made for a component. Raises KeyError where it is not there, or not yet."""
        return self._made[component][item]

    def all_of(self, component: str) -> dict[str, pulumi.CustomResource]:
        """Everything that was made for a component, by item."""
        return self._made.get(component, {})

    def subnet_id(self, name: str) -> pulumi.Output[str]:
        """The id of a subnet of the virtual network."""
        return pulumi.Output.concat(self.get("virtualNetwork").id, "/subnets/", name)


def create_resource_group(settings: EnvironmentSettings) -> ResourceGroup:
    """Makes the resource group of an environment, after its names were checked."""
    return ResourceGroup(settings)
