"""The workbook: requests, failures, messages and load on one page."""

import json
from pathlib import Path

from pulumi_azure_native import applicationinsights

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup

PAGES = Path(__file__).with_name("workbooks.json")


def create_workbook(settings: EnvironmentSettings, resource_group: ResourceGroup) -> applicationinsights.Workbook:
    """Makes the workbook of this environment over its workspace."""
    page = json.loads(PAGES.read_text(encoding="utf-8"))[settings.environment]
    return applicationinsights.Workbook(
        "workbook",
        resource_name_=resource_group.names.of("workbook"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        kind="shared",
        category="workbook",
        version="Notebook/1.0",
        display_name=f"{settings.parameters.name_prefix} {settings.environment}",
        source_id=resource_group.get("logWorkspace").id,
        serialized_data=json.dumps(page),
        opts=resource_group.layer("monitoring").options(),
    )
