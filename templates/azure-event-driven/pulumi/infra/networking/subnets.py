"""Subnets: those of the table, and those with names of Azure's own that exist only with what stands in them."""

from dataclasses import dataclass

from pulumi_azure_native import network

from config.settings import EnvironmentSettings, SubnetSettings

# The services that a subnet is handed over to as a whole.
CONTAINER_APPS = "Microsoft.App/environments"
PLANS = "Microsoft.Web/serverFarms"
# Subnets that private endpoints stand in; their security groups count for these too.
ENDPOINT_SUBNETS = ("integration", "data")


@dataclass(frozen=True)
class SubnetParts:
    """What subnets refer to."""

    groups: dict[str, network.NetworkSecurityGroup]
    nat: network.NatGateway
    routes: network.RouteTable | None


def subnet_list(settings: EnvironmentSettings, parts: SubnetParts) -> list[network.SubnetArgs]:
    """The subnets, as the virtual network declares them: declared apart, an update of the network would drop them."""
    named = settings.network.named_subnets
    wanted = {"firewall": settings.network.firewall, "bastion": settings.parameters.enable_management}
    return [
        *(_subnet(settings, subnet, parts) for subnet in settings.network.subnets),
        *(
            network.SubnetArgs(name=named[what].name, address_prefix=named[what].cidr)
            for what, is_wanted in wanted.items()
            if is_wanted
        ),
    ]


def _subnet(settings: EnvironmentSettings, subnet: SubnetSettings, parts: SubnetParts) -> network.SubnetArgs:
    name = subnet.name
    handed = _handed_to(settings, name)
    has_routes = parts.routes is not None and name == "app"
    return network.SubnetArgs(
        name=name,
        address_prefix=subnet.cidr,
        network_security_group=network.NetworkSecurityGroupArgs(id=parts.groups[name].id),
        nat_gateway=network.SubResourceArgs(id=parts.nat.id) if name == "functions" else None,
        route_table=network.RouteTableArgs(id=parts.routes.id) if has_routes else None,
        delegations=[network.DelegationArgs(name=handed[0], service_name=handed[1])] if handed else None,
        service_endpoints=[
            network.ServiceEndpointPropertiesFormatArgs(service=one) for one in _service_endpoints(settings, name)
        ],
        private_endpoint_network_policies="NetworkSecurityGroupEnabled" if name in ENDPOINT_SUBNETS else None,
    )


def _handed_to(settings: EnvironmentSettings, subnet: str) -> tuple[str, str] | None:
    """What a subnet is handed over to: a word for it, and the service."""
    if subnet == "app":
        return "apps", CONTAINER_APPS
    if subnet == "functions":
        return "plan", CONTAINER_APPS if settings.tiers.functions == "Flex Consumption" else PLANS
    # The second generation of API Management reaches into the network through a subnet of its own.
    reaches_in = settings.features.enable_api_management and settings.tiers.api_management == "Standard v2"
    return ("gateway", PLANS) if subnet == "gateway" and reaches_in else None


def _service_endpoints(settings: EnvironmentSettings, subnet: str) -> list[str]:
    """Services that know calls of a subnet as its own: HTTP triggers, and SQL while it has no private endpoint."""
    sql = [] if settings.security.private_endpoints else ["Microsoft.Sql"]
    return {"app": ["Microsoft.Web", *sql], "functions": sql}.get(subnet, [])
