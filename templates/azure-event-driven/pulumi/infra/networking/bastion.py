"""A bastion host with its own named subnet. Made when the parameter enable_management is on."""

from pulumi_azure_native import network

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.networking.nat_gateway import create_public_address


def create_bastion(settings: EnvironmentSettings, resource_group: ResourceGroup) -> network.BastionHost:
    """Makes the bastion host and its public address."""
    address = create_public_address(resource_group, "bastionAddress")
    subnet = settings.network.named_subnets["bastion"].name
    return network.BastionHost(
        "bastion",
        bastion_host_name=resource_group.names.of("bastion"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=network.SkuArgs(name="Basic"),
        ip_configurations=[
            network.BastionHostIPConfigurationArgs(
                name="primary",
                subnet=network.SubResourceArgs(id=resource_group.subnet_id(subnet)),
                public_ip_address=network.SubResourceArgs(id=address.id),
            )
        ],
        opts=resource_group.layer("networking").options(),
    )
