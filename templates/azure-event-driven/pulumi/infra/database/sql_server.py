"""The Azure SQL server. Nobody signs in with a password: its administrator is an identity, or a group of people."""

from pulumi_azure_native import authorization, sql

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup


def create_sql_server(settings: EnvironmentSettings, resource_group: ResourceGroup) -> sql.Server:
    """Makes the server."""
    server = sql.Server(
        "sql-server",
        server_name=resource_group.names.of("sqlServer"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        version="12.0",
        minimal_tls_version="1.2",
        public_network_access="Disabled" if settings.security.private_endpoints else "Enabled",
        administrators=_administrator(settings, resource_group),
        opts=resource_group.layer("database").options(),
    )
    return resource_group.keep("sqlServer", server)


def _administrator(settings: EnvironmentSettings, resource_group: ResourceGroup) -> sql.ServerExternalAdministratorArgs:
    """The group of the parameter, or the identity that is made for it."""
    if settings.parameters.sql_admin_id:
        kind, login, sid = "Group", settings.parameters.sql_admin_name, settings.parameters.sql_admin_id
    else:
        identity = resource_group.get("identity", "sql")
        kind, login, sid = "Application", identity.name, identity.client_id
    return sql.ServerExternalAdministratorArgs(
        administrator_type="ActiveDirectory",
        azure_ad_only_authentication=True,
        principal_type=kind,
        login=login,
        sid=sid,
        tenant_id=authorization.get_client_config_output().tenant_id,
    )
