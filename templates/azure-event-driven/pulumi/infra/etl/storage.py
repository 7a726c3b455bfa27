"""Staging storage of the ETL: blobs that nobody outside can read, and no account keys."""

from pulumi_azure_native import storage

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup

STAGING = "staging"


def create_etl_storage(settings: EnvironmentSettings, resource_group: ResourceGroup) -> storage.StorageAccount:
    """Makes the account with its container."""
    account = storage_account(settings, resource_group, "etlStorage", "database")
    container(resource_group, account, STAGING, "database")
    return account


def storage_account(
    settings: EnvironmentSettings, resource_group: ResourceGroup, component: str, step: str
) -> storage.StorageAccount:
    """A storage account that takes HTTPS and identities alone."""
    account = storage.StorageAccount(
        component,
        account_name=resource_group.names.of(component),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        kind="StorageV2",
        sku=storage.SkuArgs(name="Standard_LRS"),
        minimum_tls_version="TLS1_2",
        enable_https_traffic_only=True,
        allow_blob_public_access=False,
        allow_shared_key_access=False,
        public_network_access="Disabled" if settings.security.private_endpoints else "Enabled",
        opts=resource_group.layer(step).options(),
    )
    return resource_group.keep(component, account)


def container(
    resource_group: ResourceGroup, account: storage.StorageAccount, name: str, step: str
) -> storage.BlobContainer:
    """A container that is read by those with a role, and nobody else."""
    return storage.BlobContainer(
        f"container-{name}",
        container_name=name,
        account_name=account.name,
        resource_group_name=resource_group.name,
        public_access="None",
        opts=resource_group.layer(step).options(),
    )
