"""Application Insights: performance and traces of every app and function, sent by their identities."""

import pulumi
from pulumi_azure_native import applicationinsights, keyvault

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.security.rbac import assign_roles

CONNECTION_SECRET = "insights-connection"


def create_app_insights(
    settings: EnvironmentSettings, resource_group: ResourceGroup
) -> applicationinsights.Component:
    """Makes the component, which keeps its data in the workspace, and lets the workloads send to it."""
    insights = applicationinsights.Component(
        "insights",
        resource_name_=resource_group.names.of("appInsights"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        kind="web",
        application_type="web",
        ingestion_mode="LogAnalytics",
        # Telemetry is taken from those who are signed in; the key of the connection string opens nothing.
        disable_local_auth=True,
        workspace_resource_id=resource_group.get("logWorkspace").id,
        opts=resource_group.layer("observability").options(),
    )
    _keep_connection(resource_group, insights)
    resource_group.keep("appInsights", insights)
    assign_roles(settings, resource_group, "observability")
    return insights


def _keep_connection(resource_group: ResourceGroup, insights: applicationinsights.Component) -> None:
    """The connection string into the vault: a key is part of it, and no setting of an app holds one."""
    keyvault.Secret(
        "insights-connection",
        secret_name=CONNECTION_SECRET,
        vault_name=resource_group.get("keyVault").name,
        resource_group_name=resource_group.name,
        tags=resource_group.tags,
        properties=keyvault.SecretPropertiesArgs(
            content_type="Connection string", value=pulumi.Output.secret(insights.connection_string)
        ),
        opts=resource_group.layer("observability").options(),
    )


def connection_address(resource_group: ResourceGroup) -> pulumi.Output[str]:
    """Where in the vault the connection string is."""
    return pulumi.Output.concat(resource_group.get("keyVault").properties.vault_uri, "secrets/", CONNECTION_SECRET)
