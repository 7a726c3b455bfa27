"""Application Insights: performance and traces of every app and function."""

from pulumi_azure_native import applicationinsights

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup


def create_app_insights(
    settings: EnvironmentSettings, resource_group: ResourceGroup
) -> applicationinsights.Component:
    """Makes the component, which keeps its data in the workspace."""
    insights = applicationinsights.Component(
        "insights",
        resource_name_=resource_group.names.of("appInsights"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        kind="web",
        application_type="web",
        ingestion_mode="LogAnalytics",
        workspace_resource_id=resource_group.get("logWorkspace").id,
        opts=resource_group.layer("observability").options(),
    )
    return resource_group.keep("appInsights", insights)
