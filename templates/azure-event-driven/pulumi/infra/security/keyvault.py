"""Key Vault, opened by roles alone."""

from pulumi_azure_native import authorization, keyvault

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.networking.private_endpoints import create_private_endpoints
from infra.security.rbac import assign_roles


def create_vault(settings: EnvironmentSettings, resource_group: ResourceGroup) -> keyvault.Vault:
    """Makes the vault, the roles on it, and its private endpoint where these are on."""
    security = settings.security
    vault = keyvault.Vault(
        "vault",
        vault_name=resource_group.names.of("keyVault"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        properties=keyvault.VaultPropertiesArgs(
            tenant_id=authorization.get_client_config_output().tenant_id,
            sku=keyvault.SkuArgs(family="A", name="standard"),
            enable_rbac_authorization=True,
            enable_soft_delete=True,
            soft_delete_retention_in_days=security.soft_delete_days,
            # Azure does not take false here: once on it cannot be turned off, so it is left out instead.
            enable_purge_protection=True if security.purge_protection else None,
            public_network_access="Disabled" if security.private_endpoints else "Enabled",
            network_acls=keyvault.NetworkRuleSetArgs(default_action="Deny", bypass="AzureServices")
            if security.private_endpoints
            else None,
        ),
        opts=resource_group.layer("security").options(),
    )
    resource_group.keep("keyVault", vault)
    assign_roles(settings, resource_group, "security")
    create_private_endpoints(settings, resource_group, "security")
    return vault
