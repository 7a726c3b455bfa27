"""The Log Analytics workspace, and the diagnostic settings that fill it."""

import pulumi
from pulumi_azure_native import monitor, operationalinsights

from config.settings import EnvironmentSettings
from config.tables import DIAGNOSTICS, Row
from infra.core.resource_group import ResourceGroup


def create_workspace(settings: EnvironmentSettings, resource_group: ResourceGroup) -> operationalinsights.Workspace:
    """Makes the workspace with this environment's retention and daily quota."""
    workspace = operationalinsights.Workspace(
        "workspace",
        workspace_name=resource_group.names.of("logWorkspace"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
        retention_in_days=settings.monitoring.log_retention_days,
        workspace_capping=operationalinsights.WorkspaceCappingArgs(daily_quota_gb=settings.monitoring.daily_quota_gb),
        opts=resource_group.layer("observability").options(),
    )
    return resource_group.keep("logWorkspace", workspace)


def create_diagnostics(settings: EnvironmentSettings, resource_group: ResourceGroup) -> None:
    """Sends logs and metrics of all that is there to the workspace. Called when every other layer is made."""
    for row in DIAGNOSTICS:
        if settings.is_on(row["when"]):
            for item, resource in resource_group.all_of(row["childOf"] or row["of"]).items():
                _diagnostic(resource_group, row, f"{row['symbol']}{item and '-'}{item}", resource)


def _diagnostic(
    resource_group: ResourceGroup, row: Row, name: str, resource: pulumi.CustomResource
) -> monitor.DiagnosticSetting:
    # Storage has its logs at a part of the account: Microsoft.Storage/storageAccounts/blobServices, default.
    part = f"/{row['type'].rsplit('/', 1)[-1]}/{row['child']}" if row["child"] else ""
    logs = [monitor.DiagnosticsLogSettingsArgs(category_group=row["logs"], enabled=True)] if row["logs"] else None
    metrics = [monitor.DiagnosticsMetricSettingsArgs(category=row["metrics"], enabled=True)] if row["metrics"] else None
    return monitor.DiagnosticSetting(
        f"diagnostics-{name}",
        name="to-workspace",
        resource_uri=pulumi.Output.concat(resource.id, part),
        workspace_id=resource_group.get("logWorkspace").id,
        logs=logs,
        metrics=metrics,
        opts=resource_group.layer("monitoring").options(),
    )
