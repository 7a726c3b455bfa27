"""The Service Bus namespace: signed in to with identities alone."""

from pulumi_azure_native import servicebus

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.messaging.queues import create_queues
from infra.messaging.topics import create_topics
from infra.networking.private_endpoints import create_private_endpoints
from infra.security.rbac import assign_roles


def create_service_bus(settings: EnvironmentSettings, resource_group: ResourceGroup) -> servicebus.Namespace:
    """Makes the namespace with its queues, topics, roles and private endpoint."""
    tier = settings.tiers.service_bus
    bus = servicebus.Namespace(
        "service-bus",
        namespace_name=resource_group.names.of("serviceBus"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=servicebus.SBSkuArgs(name=tier, tier=tier, capacity=1 if tier == "Premium" else None),
        disable_local_auth=True,
        minimum_tls_version="1.2",
        public_network_access="Disabled" if settings.security.private_endpoints else "Enabled",
        opts=resource_group.layer("messaging").options(),
    )
    resource_group.keep("serviceBus", bus)
    create_queues(settings, resource_group)
    create_topics(settings, resource_group)
    assign_roles(settings, resource_group, "messaging")
    create_private_endpoints(settings, resource_group, "messaging")
    return bus
