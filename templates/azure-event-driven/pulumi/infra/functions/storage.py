"""Storage that the function apps keep their state and packages in."""

from pulumi_azure_native import storage

from config.settings import EnvironmentSettings
from config.tables import WORKERS
from infra.core.resource_group import ResourceGroup
from infra.etl.storage import container, storage_account
from infra.networking.private_endpoints import create_private_endpoints
from infra.security.rbac import assign_roles


def create_function_storage(settings: EnvironmentSettings, resource_group: ResourceGroup) -> storage.StorageAccount:
    """Makes the account, a container for the packages of each worker, the roles on it and its endpoints."""
    account = storage_account(settings, resource_group, "functionStorage", "functions")
    for worker in WORKERS:
        container(resource_group, account, worker["name"], "functions")
    for index, right in enumerate(assign_roles(settings, resource_group, "functions")):
        resource_group.keep("functionRight", right, str(index))
    create_private_endpoints(settings, resource_group, "functions")
    return account
