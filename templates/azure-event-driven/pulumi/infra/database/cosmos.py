"""Cosmos DB with one database, signed in to with an identity instead of keys."""

import pulumi
from pulumi_azure_native import cosmosdb

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup

# Azure's built-in data contributor of every account.
DATA_CONTRIBUTOR = "00000000-0000-0000-0000-000000000002"


def create_cosmos(settings: EnvironmentSettings, resource_group: ResourceGroup) -> cosmosdb.DatabaseAccount:
    """Makes the account and its database, and lets the services in."""
    account = cosmosdb.DatabaseAccount(
        "cosmos",
        account_name=resource_group.names.of("cosmosAccount"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        kind="GlobalDocumentDB",
        database_account_offer_type="Standard",
        locations=[
            cosmosdb.LocationArgs(location_name=resource_group.location, failover_priority=0, is_zone_redundant=False)
        ],
        consistency_policy=cosmosdb.ConsistencyPolicyArgs(default_consistency_level="Session"),
        capabilities=[cosmosdb.CapabilityArgs(name="EnableServerless")],
        disable_local_auth=True,
        minimal_tls_version="Tls12",
        public_network_access="Disabled" if settings.security.private_endpoints else "Enabled",
        opts=resource_group.layer("database").options(),
    )
    _database(resource_group, account)
    if settings.features.enable_container_apps:
        _access(resource_group, account)
    return resource_group.keep("cosmosAccount", account)


def _database(resource_group: ResourceGroup, account: cosmosdb.DatabaseAccount) -> None:
    name = resource_group.names.of("cosmosDatabase")
    cosmosdb.SqlResourceSqlDatabase(
        "cosmos-database",
        database_name=name,
        account_name=account.name,
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        resource=cosmosdb.SqlDatabaseResourceArgs(id=name),
        opts=resource_group.layer("database").options(),
    )


def _access(resource_group: ResourceGroup, account: cosmosdb.DatabaseAccount) -> None:
    cosmosdb.SqlResourceSqlRoleAssignment(
        "cosmos-access",
        role_assignment_id=resource_group.names.of("cosmosRole"),
        account_name=account.name,
        resource_group_name=resource_group.name,
        role_definition_id=pulumi.Output.concat(account.id, "/sqlRoleDefinitions/", DATA_CONTRIBUTOR),
        principal_id=resource_group.get("identity", "services").principal_id,
        scope=account.id,
        opts=resource_group.layer("database").options(),
    )
