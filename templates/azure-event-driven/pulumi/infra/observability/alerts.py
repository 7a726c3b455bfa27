"""Alert rules: a metric of a resource, and the figure beyond which somebody is told."""

from pulumi_azure_native import monitor

from config.settings import EnvironmentSettings
from config.tables import ALERTS, Row
from infra.core.resource_group import ResourceGroup


def create_alerts(settings: EnvironmentSettings, resource_group: ResourceGroup) -> list[monitor.MetricAlert]:
    """Makes the action group, and the alerts of the table that hold in this environment."""
    group = _action_group(settings, resource_group)
    return [_alert(resource_group, group, row) for row in ALERTS if settings.is_on(row["when"])]


def _action_group(settings: EnvironmentSettings, resource_group: ResourceGroup) -> monitor.ActionGroup:
    return monitor.ActionGroup(
        "action-group",
        action_group_name=resource_group.names.of("actionGroup"),
        resource_group_name=resource_group.name,
        location="global",
        tags=resource_group.tags,
        group_short_name=settings.environment,
        enabled=True,
        email_receivers=[
            monitor.MicrosoftCommonEmailReceiverArgs(
                name="owner", email_address=settings.parameters.alert_email, use_common_alert_schema=True
            )
        ],
        opts=resource_group.layer("monitoring").options(),
    )


def _alert(resource_group: ResourceGroup, group: monitor.ActionGroup, row: Row) -> monitor.MetricAlert:
    dimensions = None
    if row["dimension"]:
        dimensions = [monitor.MetricDimensionArgs(name=row["dimension"], operator="Include", values=[row["value"]])]
    criterion = monitor.MetricCriteriaArgs(
        criterion_type="StaticThresholdCriterion",
        name=row["symbol"],
        metric_namespace=row["space"],
        metric_name=row["metric"],
        time_aggregation=row["aggregation"],
        operator=row["operator"],
        threshold=row["threshold"],
        dimensions=dimensions,
    )
    return monitor.MetricAlert(
        f"alert-{row['name']}",
        rule_name=resource_group.names.of("alert", row["name"]),
        resource_group_name=resource_group.name,
        location="global",
        tags=resource_group.tags,
        description=row["title"],
        severity=row["severity"],
        enabled=True,
        scopes=[resource_group.get(row["of"][-1]).id],
        evaluation_frequency="PT5M",
        window_size="PT15M",
        criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
            odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", all_of=[criterion]
        ),
        actions=[monitor.MetricAlertActionArgs(action_group_id=group.id)],
        opts=resource_group.layer("monitoring").options(),
    )
