"""The Container Apps environment: internal, in the app subnet, where services find each other by name."""

from pulumi_azure_native import app, privatedns

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.networking.private_endpoints import create_linked_zone


def create_apps_environment(settings: EnvironmentSettings, resource_group: ResourceGroup) -> app.ManagedEnvironment:
    """Makes the environment, of the kind with workload profiles that fits a small subnet, and its names."""
    profile = settings.tiers.container_apps
    environment = app.ManagedEnvironment(
        "apps-environment",
        environment_name=resource_group.names.of("appsEnvironment"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        vnet_configuration=app.VnetConfigurationArgs(
            internal=True, infrastructure_subnet_id=resource_group.subnet_id("app")
        ),
        workload_profiles=[app.WorkloadProfileArgs(name=profile, workload_profile_type=profile)],
        app_logs_configuration=app.AppLogsConfigurationArgs(destination="azure-monitor"),
        opts=resource_group.layer("microservices").options(),
    )
    _names(resource_group, environment)
    return resource_group.keep("appsEnvironment", environment)


def _names(resource_group: ResourceGroup, environment: app.ManagedEnvironment) -> None:
    """The environment's domain, known in the virtual network: every name in it leads to the environment."""
    zone = create_linked_zone(resource_group, "microservices", "apps-zone", environment.default_domain)
    privatedns.PrivateRecordSet(
        "apps-every-name",
        relative_record_set_name="*",
        record_type="A",
        private_zone_name=zone.name,
        resource_group_name=resource_group.name,
        ttl=300,
        a_records=[privatedns.ARecordArgs(ipv4_address=environment.static_ip)],
        opts=resource_group.layer("microservices").options(),
    )


def create_routes(settings: EnvironmentSettings, resource_group: ResourceGroup) -> app.HttpRouteConfig:
    """Makes the one name that reaches the services from the network, each below a path of its own."""
    services = resource_group.all_of("containerApp")
    return app.HttpRouteConfig(
        "routes",
        http_route_name="services",
        environment_name=resource_group.get("appsEnvironment").name,
        resource_group_name=resource_group.name,
        properties=app.HttpRouteConfigPropertiesArgs(
            rules=[
                app.HttpRouteRuleArgs(
                    description=service,
                    routes=[
                        app.HttpRouteArgs(
                            match=app.HttpRouteMatchArgs(path_separated_prefix=f"/{service}", case_sensitive=False),
                            action=app.HttpRouteActionArgs(prefix_rewrite="/"),
                        )
                    ],
                    targets=[app.HttpRouteTargetArgs(container_app=made.name)],
                )
                for service, made in services.items()
            ]
        ),
        opts=resource_group.layer("microservices").options(),
    )
