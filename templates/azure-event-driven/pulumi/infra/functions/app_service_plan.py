"""Plans of the function apps. A Premium plan holds them all; of the others each app has one of its own."""

from pulumi_azure_native import web

from config.settings import EnvironmentSettings
from config.tables import WORKERS
from infra.core.resource_group import ResourceGroup

SKUS: dict[str, tuple[str, str]] = {
    "Consumption": ("Y1", "Dynamic"),
    "Flex Consumption": ("FC1", "FlexConsumption"),
    "Premium": ("EP1", "ElasticPremium"),
}
MOST_PREMIUM_WORKERS = 10


def create_plans(settings: EnvironmentSettings, resource_group: ResourceGroup) -> dict[str, web.AppServicePlan]:
    """Makes the plans; answers that of each worker by its name."""
    names = [worker["name"] for worker in WORKERS]
    if settings.tiers.functions == "Premium":
        shared = _plan(settings, resource_group, "plan-functions", resource_group.names.of("sharedPlan"))
        return dict.fromkeys(names, shared)
    own = resource_group.names
    return {
        name: _plan(settings, resource_group, f"plan-{name}", own.of("functionPlan", name)) for name in names
    }


def _plan(
    settings: EnvironmentSettings, resource_group: ResourceGroup, title: str, name: str
) -> web.AppServicePlan:
    tier = settings.tiers.functions
    sku, family = SKUS[tier]
    return web.AppServicePlan(
        title,
        name=name,
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        kind="elastic" if tier == "Premium" else "functionapp",
        reserved=True,
        sku=web.SkuDescriptionArgs(name=sku, tier=family),
        maximum_elastic_worker_count=MOST_PREMIUM_WORKERS if tier == "Premium" else None,
        opts=resource_group.layer("functions").options(),
    )
