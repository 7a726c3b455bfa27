"""The primary database, with point-in-time recovery."""

from pulumi_azure_native import sql

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.database.firewall import create_firewall_rules
from infra.database.sql_server import create_sql_server


def create_database(settings: EnvironmentSettings, resource_group: ResourceGroup) -> sql.Database:
    """Makes server, firewall rules, database and its backup policy."""
    options = resource_group.layer("database").options()
    server = create_sql_server(settings, resource_group)
    create_firewall_rules(settings, resource_group)
    sku = settings.tiers.sql_database
    database = sql.Database(
        "sql-database",
        database_name=resource_group.names.of("sqlDatabase"),
        server_name=server.name,
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=sql.SkuArgs(name=sku, tier=_tier_of(sku)),
        collation="SQL_Latin1_General_CP1_CI_AS",
        opts=options,
    )
    sql.BackupShortTermRetentionPolicy(
        "sql-backup",
        policy_name="default",
        database_name=database.name,
        server_name=server.name,
        resource_group_name=resource_group.name,
        retention_days=settings.parameters.sql_backup_days,
        opts=options,
    )
    return resource_group.keep("sqlDatabase", database)


def _tier_of(sku: str) -> str:
    """S2 is of the tier Standard, P1 of Premium."""
    return {"B": "Basic", "P": "Premium"}.get(sku[0], "Standard")
