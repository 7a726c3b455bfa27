"""What the policies compare with: user name and password out of the vault, and where tokens are told of."""

import base64

import pulumi
from pulumi_azure_native import apimanagement, authorization, keyvault

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup

BASIC_SECRET = "gateway-basic-credentials"


def create_credentials(
    settings: EnvironmentSettings, resource_group: ResourceGroup
) -> list[apimanagement.NamedValue]:
    """Makes the named values that the policies refer to."""
    values = [_basic(resource_group)]
    if settings.parameters.enable_oauth:
        values.append(_oauth(resource_group))
    return values


def _basic(resource_group: ResourceGroup) -> apimanagement.NamedValue:
    """From the stack's encrypted configuration into the vault, and read from there by the gateway's identity."""
    layer = resource_group.layer("gateway")
    config = pulumi.Config()
    header = pulumi.Output.all(config.require_secret("gatewayUser"), config.require_secret("gatewayPassword")).apply(
        lambda both: "Basic " + base64.b64encode(":".join(both).encode()).decode()
    )
    secret = keyvault.Secret(
        "gateway-basic-secret",
        secret_name=BASIC_SECRET,
        vault_name=resource_group.get("keyVault").name,
        resource_group_name=resource_group.name,
        tags=resource_group.tags,
        properties=keyvault.SecretPropertiesArgs(content_type="Authorization header", value=header),
        opts=layer.options(),
    )
    return apimanagement.NamedValue(
        "gateway-basic-credentials",
        named_value_id="basic-credentials",
        display_name="basic-credentials",
        service_name=resource_group.get("apiManagement").name,
        resource_group_name=resource_group.name,
        secret=True,
        key_vault=apimanagement.KeyVaultContractCreatePropertiesArgs(
            identity_client_id=resource_group.get("identity", "gateway").client_id,
            secret_identifier=pulumi.Output.concat(
                resource_group.get("keyVault").properties.vault_uri, "secrets/", BASIC_SECRET
            ),
        ),
        opts=layer.options(secret),
    )


def _oauth(resource_group: ResourceGroup) -> apimanagement.NamedValue:
    tenant = authorization.get_client_config_output().tenant_id
    return apimanagement.NamedValue(
        "gateway-oauth-configuration",
        named_value_id="oauth-configuration",
        display_name="oauth-configuration",
        service_name=resource_group.get("apiManagement").name,
        resource_group_name=resource_group.name,
        secret=False,
        value=pulumi.Output.concat(
            "https://login.microsoftonline.com/", tenant, "/v2.0/.well-known/openid-configuration"
        ),
        opts=resource_group.layer("gateway").options(),
    )
