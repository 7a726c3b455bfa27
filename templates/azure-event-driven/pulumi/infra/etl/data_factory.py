"""Data Factory for larger ETL workflows, linked to the staging storage. Made with its flag alone."""

from pulumi_azure_native import datafactory

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.security.rbac import assign_role

# Storage Blob Data Contributor, for the factory's own identity.
ROLE = {
    "name": "factoryToStaging",
    "step": "functions",
    "title": "Reads and writes staged blobs",
    "role": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
}


def create_data_factory(settings: EnvironmentSettings, resource_group: ResourceGroup) -> datafactory.Factory:
    """Makes the factory and its way to the staging storage. Its pipelines come from the team that writes them."""
    layer = resource_group.layer("functions")
    staging = resource_group.get("etlStorage")
    factory = datafactory.Factory(
        "data-factory",
        factory_name=resource_group.names.of("dataFactory"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        identity=datafactory.FactoryIdentityArgs(type="SystemAssigned"),
        public_network_access="Disabled" if settings.security.private_endpoints else "Enabled",
        opts=layer.options(),
    )
    right = assign_role(
        resource_group, ROLE, resource_group.names.of("factoryRole"), staging, factory.identity.principal_id
    )
    datafactory.LinkedService(
        "data-factory-staging",
        linked_service_name="staging",
        factory_name=factory.name,
        resource_group_name=resource_group.name,
        properties=datafactory.AzureBlobStorageLinkedServiceArgs(
            type="AzureBlobStorage", service_endpoint=staging.primary_endpoints.blob, account_kind="StorageV2"
        ),
        opts=layer.options(right),
    )
    return resource_group.keep("dataFactory", factory)
