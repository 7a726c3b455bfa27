"""Network security groups: one a subnet, closed from inside and outside but for what the table of rules allows."""

from pulumi_azure_native import network

from config.settings import EnvironmentSettings, SubnetSettings
from infra.core.resource_group import ResourceGroup


def create_security_groups(
    settings: EnvironmentSettings, resource_group: ResourceGroup
) -> dict[str, network.NetworkSecurityGroup]:
    """Makes the security group of every subnet of the table, by the subnet's name."""
    return {subnet.name: _security_group(resource_group, subnet) for subnet in settings.network.subnets}


def _security_group(resource_group: ResourceGroup, subnet: SubnetSettings) -> network.NetworkSecurityGroup:
    group = network.NetworkSecurityGroup(
        f"nsg-{subnet.name}",
        network_security_group_name=resource_group.names.of("networkSecurityGroup", subnet.name),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        security_rules=_rules_of(subnet),
        opts=resource_group.layer("networking").options(),
    )
    return resource_group.keep("networkSecurityGroup", group, subnet.name)


def _rules_of(subnet: SubnetSettings) -> list[network.SecurityRuleArgs]:
    allowed = [
        network.SecurityRuleArgs(
            name=rule.name,
            priority=rule.priority,
            direction="Inbound",
            access="Allow",
            protocol="Tcp",
            source_address_prefix=rule.source,
            source_port_range="*",
            destination_address_prefix=rule.destination,
            destination_port_ranges=rule.ports,
        )
        for rule in subnet.allow
    ]
    denied = network.SecurityRuleArgs(
        name="deny-inbound",
        priority=4096,
        direction="Inbound",
        access="Deny",
        protocol="*",
        source_address_prefix="*",
        source_port_range="*",
        destination_address_prefix="*",
        destination_port_range="*",
    )
    return [*allowed, denied]
