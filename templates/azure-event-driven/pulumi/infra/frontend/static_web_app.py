"""Static web apps: the React frontend, one site for each region of the parameter."""

from pulumi_azure_native import web

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup


def create_static_sites(settings: EnvironmentSettings, resource_group: ResourceGroup) -> dict[str, web.StaticSite]:
    """Makes the sites, by region. The build pipeline of the frontend brings their content."""
    return {region: _site(resource_group, region) for region in settings.parameters.frontend_regions}


def _site(resource_group: ResourceGroup, region: str) -> web.StaticSite:
    site = web.StaticSite(
        f"site-{region}",
        name=resource_group.names.of("staticSite", region),
        resource_group_name=resource_group.name,
        location=region,
        tags=resource_group.tags,
        sku=web.SkuDescriptionArgs(name="Standard", tier="Standard"),
        allow_config_file_updates=True,
        staging_environment_policy="Disabled",
        opts=resource_group.layer("frontend").options(),
    )
    return resource_group.keep("staticSite", site, region)
