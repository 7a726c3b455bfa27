"""The virtual network with its subnets, and all that has to be there before it."""

from pulumi_azure_native import network

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.networking.firewall import create_firewall, create_route_table
from infra.networking.nat_gateway import create_nat_gateway
from infra.networking.nsg import create_security_groups
from infra.networking.private_endpoints import create_private_zones
from infra.networking.subnets import SubnetParts, subnet_list


def create_network(settings: EnvironmentSettings, resource_group: ResourceGroup) -> network.VirtualNetwork:
    """Makes security groups, NAT gateway and routes, the virtual network, then what stands in it or knows of it."""
    parts = SubnetParts(
        groups=create_security_groups(settings, resource_group),
        nat=create_nat_gateway(settings, resource_group),
        routes=create_route_table(settings, resource_group) if settings.network.firewall else None,
    )
    plan = _ddos_plan(resource_group) if settings.network.ddos_protection else None
    virtual_network = network.VirtualNetwork(
        "virtual-network",
        virtual_network_name=resource_group.names.of("virtualNetwork"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        address_space=network.AddressSpaceArgs(address_prefixes=[settings.network.vnet_cidr]),
        enable_ddos_protection=settings.network.ddos_protection,
        ddos_protection_plan=network.SubResourceArgs(id=plan.id) if plan is not None else None,
        subnets=subnet_list(settings, parts),
        opts=resource_group.layer("networking").options(),
    )
    resource_group.keep("virtualNetwork", virtual_network)
    if settings.network.firewall:
        create_firewall(settings, resource_group)
    create_private_zones(settings, resource_group)
    return virtual_network


def _ddos_plan(resource_group: ResourceGroup) -> network.DdosProtectionPlan:
    return network.DdosProtectionPlan(
        "ddos-plan",
        ddos_protection_plan_name=resource_group.names.of("ddosPlan"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        opts=resource_group.layer("networking").options(),
    )
