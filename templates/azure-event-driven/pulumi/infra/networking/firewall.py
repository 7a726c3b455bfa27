"""Azure Firewall with its policy, and the routes that lead to it. Made where the settings have the firewall on."""

from pulumi_azure_native import network

from config.settings import EnvironmentSettings
from config.tables import FIREWALL_HOSTS, FIREWALL_SERVICES
from infra.core.resource_group import ResourceGroup
from infra.networking.nat_gateway import create_public_address


def create_route_table(settings: EnvironmentSettings, resource_group: ResourceGroup) -> network.RouteTable:
    """Makes the routes of the app subnet, empty until the firewall has an address."""
    routes = network.RouteTable(
        "route-table",
        route_table_name=resource_group.names.of("routeTable"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        disable_bgp_route_propagation=True,
        opts=resource_group.layer("networking").options(),
    )
    return resource_group.keep("routeTable", routes)


def create_firewall(settings: EnvironmentSettings, resource_group: ResourceGroup) -> network.AzureFirewall:
    """Makes the firewall in its named subnet, and leads all that leaves the app subnet to it."""
    layer = resource_group.layer("networking")
    policy, rules = _policy(settings, resource_group)
    address = create_public_address(resource_group, "firewallAddress")
    subnet = settings.network.named_subnets["firewall"].name
    firewall = network.AzureFirewall(
        "firewall",
        azure_firewall_name=resource_group.names.of("firewall"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=network.AzureFirewallSkuArgs(name="AZFW_VNet", tier="Standard"),
        firewall_policy=network.SubResourceArgs(id=policy.id),
        ip_configurations=[
            network.AzureFirewallIPConfigurationArgs(
                name="primary",
                subnet=network.SubResourceArgs(id=resource_group.subnet_id(subnet)),
                public_ip_address=network.SubResourceArgs(id=address.id),
            )
        ],
        opts=layer.options(rules),
    )
    network.Route(
        "route-to-firewall",
        route_name="through-firewall",
        route_table_name=resource_group.get("routeTable").name,
        resource_group_name=resource_group.name,
        address_prefix="0.0.0.0/0",
        next_hop_type="VirtualAppliance",
        next_hop_ip_address=firewall.ip_configurations[0].private_ip_address,
        opts=layer.options(),
    )
    return resource_group.keep("firewall", firewall)


def _policy(
    settings: EnvironmentSettings, resource_group: ResourceGroup
) -> tuple[network.FirewallPolicy, network.FirewallPolicyRuleCollectionGroup]:
    """The policy and its rules: what the network may reach outside, and nothing else."""
    layer = resource_group.layer("networking")
    policy = network.FirewallPolicy(
        "firewall-policy",
        firewall_policy_name=resource_group.names.of("firewallPolicy"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=network.FirewallPolicySkuArgs(tier="Standard"),
        threat_intel_mode="Deny",
        # Hosts of the rules are only known to a firewall that is asked for their addresses.
        dns_settings=network.DnsSettingsArgs(enable_proxy=True),
        opts=layer.options(),
    )
    services = network.NetworkRuleArgs(
        name="azure-services",
        rule_type="NetworkRule",
        ip_protocols=["TCP"],
        source_addresses=[settings.network.vnet_cidr],
        destination_addresses=FIREWALL_SERVICES,
        destination_ports=["443"],
    )
    hosts = network.ApplicationRuleArgs(
        name="container-images",
        rule_type="ApplicationRule",
        protocols=[network.FirewallPolicyRuleApplicationProtocolArgs(protocol_type="Https", port=443)],
        source_addresses=[settings.network.vnet_cidr],
        target_fqdns=FIREWALL_HOSTS,
    )
    rules = network.FirewallPolicyRuleCollectionGroup(
        "firewall-rules",
        rule_collection_group_name="apps",
        firewall_policy_name=policy.name,
        resource_group_name=resource_group.name,
        priority=200,
        rule_collections=[_allowing("azure", 100, services), _allowing("images", 200, hosts)],
        opts=layer.options(),
    )
    return policy, rules


def _allowing(
    name: str, priority: int, rule: network.NetworkRuleArgs | network.ApplicationRuleArgs
) -> network.FirewallPolicyFilterRuleCollectionArgs:
    return network.FirewallPolicyFilterRuleCollectionArgs(
        name=name,
        rule_collection_type="FirewallPolicyFilterRuleCollection",
        priority=priority,
        action=network.FirewallPolicyFilterRuleCollectionActionArgs(type="Allow"),
        rules=[rule],
    )
