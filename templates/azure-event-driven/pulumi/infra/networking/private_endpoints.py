"""Private endpoint management: zones that know private addresses, and endpoints that have them.

The zones belong to the network. An endpoint is made in the layer of what it leads to, so this module only offers the
function for it.
"""

import pulumi
from pulumi_azure_native import network, privatedns

from config.settings import EnvironmentSettings
from config.tables import ENDPOINTS, ZONES, Row
from infra.core.resource_group import ResourceGroup

# Names that Azure's public cloud gives to private addresses, by the rows of the table of zones.
ZONE_NAMES: dict[str, str] = {
    "vault": "privatelink.vaultcore.azure.net",
    "serviceBus": "privatelink.servicebus.windows.net",
    "sql": "privatelink.database.windows.net",
    "blob": "privatelink.blob.core.windows.net",
    "queue": "privatelink.queue.core.windows.net",
    "table": "privatelink.table.core.windows.net",
    "redis": "privatelink.redis.cache.windows.net",
    "cosmos": "privatelink.documents.azure.com",
}


def create_private_zones(settings: EnvironmentSettings, resource_group: ResourceGroup) -> None:
    """Makes the zones that hold in this environment, known in the virtual network."""
    for row in ZONES:
        if settings.is_on(row["when"]):
            zone = create_linked_zone(resource_group, "networking", f"zone-{row['name']}", ZONE_NAMES[row["name"]])
            resource_group.keep("privateZone", zone, row["name"])


def create_linked_zone(
    resource_group: ResourceGroup, step: str, name: str, zone_name: pulumi.Input[str]
) -> privatedns.PrivateZone:
    """Makes one private zone and its link to the virtual network."""
    options = resource_group.layer(step).options()
    zone = privatedns.PrivateZone(
        name,
        private_zone_name=zone_name,
        resource_group_name=resource_group.name,
        location="global",
        tags=resource_group.tags,
        opts=options,
    )
    privatedns.VirtualNetworkLink(
        f"{name}-link",
        virtual_network_link_name=resource_group.names.of("virtualNetwork"),
        private_zone_name=zone.name,
        resource_group_name=resource_group.name,
        location="global",
        tags=resource_group.tags,
        registration_enabled=False,
        virtual_network=privatedns.SubResourceArgs(id=resource_group.get("virtualNetwork").id),
        opts=options,
    )
    return zone


def create_private_endpoints(settings: EnvironmentSettings, resource_group: ResourceGroup, step: str) -> None:
    """Makes the endpoints of one step of the table, where they hold in this environment."""
    for row in ENDPOINTS:
        if row["step"] == step and settings.is_on(row["when"]):
            _endpoint(resource_group, row)


def _endpoint(resource_group: ResourceGroup, row: Row) -> network.PrivateEndpoint:
    options = resource_group.layer(row["step"]).options()
    endpoint = network.PrivateEndpoint(
        f"endpoint-{row['name']}",
        private_endpoint_name=resource_group.names.of("privateEndpoint", row["name"]),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        subnet=network.SubnetArgs(id=resource_group.subnet_id(row["subnet"])),
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(
                name=row["name"],
                private_link_service_id=resource_group.get(row["of"]).id,
                group_ids=[row["group"]],
            )
        ],
        opts=options,
    )
    zone = resource_group.get("privateZone", row["zone"])
    network.PrivateDnsZoneGroup(
        f"zone-group-{row['name']}",
        private_dns_zone_group_name="default",
        private_endpoint_name=endpoint.name,
        resource_group_name=resource_group.name,
        private_dns_zone_configs=[network.PrivateDnsZoneConfigArgs(name=row["zone"], private_dns_zone_id=zone.id)],
        opts=options,
    )
    return endpoint
