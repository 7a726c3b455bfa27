"""SQL firewall rules. Where private endpoints are on there are none; else the network's own subnets are let in, and the
addresses of the parameter."""

import ipaddress

from pulumi_azure_native import sql

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup

SUBNETS = ("app", "functions")


def create_firewall_rules(settings: EnvironmentSettings, resource_group: ResourceGroup) -> None:
    """Lets subnets and addresses in. Raises ValueError for what is no single address."""
    if settings.security.private_endpoints:
        return
    options = resource_group.layer("database").options()
    server = resource_group.get("sqlServer")
    for subnet in SUBNETS:
        sql.VirtualNetworkRule(
            f"sql-from-{subnet}",
            virtual_network_rule_name=subnet,
            virtual_network_subnet_id=resource_group.subnet_id(subnet),
            server_name=server.name,
            resource_group_name=resource_group.name,
            opts=options,
        )
    for index, text in enumerate(settings.parameters.sql_allowed_ips):
        address = str(ipaddress.IPv4Address(text))
        sql.FirewallRule(
            f"sql-allowed-{index}",
            firewall_rule_name=f"allowed-{index}",
            server_name=server.name,
            resource_group_name=resource_group.name,
            start_ip_address=address,
            end_ip_address=address,
            opts=options,
        )
