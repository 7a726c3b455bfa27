"""The way out: one fixed address for what the functions call outside."""

from pulumi_azure_native import network

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup

IDLE_MINUTES = 4


def create_nat_gateway(settings: EnvironmentSettings, resource_group: ResourceGroup) -> network.NatGateway:
    """Makes the NAT gateway and its public address."""
    address = create_public_address(resource_group, "natAddress")
    return network.NatGateway(
        "nat-gateway",
        nat_gateway_name=resource_group.names.of("natGateway"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=network.NatGatewaySkuArgs(name="Standard"),
        idle_timeout_in_minutes=IDLE_MINUTES,
        public_ip_addresses=[network.SubResourceArgs(id=address.id)],
        opts=resource_group.layer("networking").options(),
    )


def create_public_address(
    resource_group: ResourceGroup, component: str, step: str = "networking", label: str | None = None
) -> network.PublicIPAddress:
    """A fixed public address, named for its component; `label` is its name in Azure's own domain, where it has one."""
    return network.PublicIPAddress(
        component,
        public_ip_address_name=resource_group.names.of(component),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=network.PublicIPAddressSkuArgs(name="Standard"),
        public_ip_allocation_method="Static",
        public_ip_address_version="IPv4",
        dns_settings=network.PublicIPAddressDnsSettingsArgs(domain_name_label=label) if label else None,
        opts=resource_group.layer(step).options(),
    )
