"""Front Door before the sites. Made with the flag of the CDN alone."""

import pulumi
from pulumi_azure_native import cdn, web

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.frontend.dns import create_address, create_front_door_domain
from infra.frontend.web_firewall import create_web_firewall

Sites = dict[str, web.StaticSite]
COMPRESSED = ["text/html", "text/css", "application/javascript", "application/json", "image/svg+xml"]


def create_cdn(settings: EnvironmentSettings, resource_group: ResourceGroup, sites: Sites) -> cdn.AFDEndpoint:
    """Makes profile, endpoint, one origin for each site, route, and firewall; the domain too, where there is one."""
    profile = _profile(settings, resource_group)
    endpoint = cdn.AFDEndpoint(
        "front-door-endpoint",
        endpoint_name=resource_group.names.of("frontDoorEndpoint"),
        profile_name=profile.name,
        resource_group_name=resource_group.name,
        location="global",
        tags=resource_group.tags,
        enabled_state="Enabled",
        opts=resource_group.layer("frontend").options(),
    )
    resource_group.keep("frontDoorEndpoint", endpoint)
    domains: list[cdn.AFDCustomDomain] = []
    if resource_group.has("dnsZone"):
        domains.append(create_front_door_domain(settings, resource_group, profile))
        create_address(resource_group, endpoint)
    group, *origins = _origins(resource_group, profile, sites)
    _route(resource_group, (group, origins), domains)
    create_web_firewall(settings, resource_group, [endpoint, *domains])
    return endpoint


def _profile(settings: EnvironmentSettings, resource_group: ResourceGroup) -> cdn.Profile:
    profile = cdn.Profile(
        "front-door",
        profile_name=resource_group.names.of("frontDoor"),
        resource_group_name=resource_group.name,
        location="global",
        tags=resource_group.tags,
        sku=cdn.SkuArgs(name=f"{settings.tiers.front_door}_AzureFrontDoor"),
        origin_response_timeout_seconds=60,
        opts=resource_group.layer("frontend").options(),
    )
    return resource_group.keep("frontDoor", profile)


def _origins(resource_group: ResourceGroup, profile: cdn.Profile, sites: Sites) -> list[pulumi.CustomResource]:
    """The origin group, then its origins."""
    options = resource_group.layer("frontend").options()
    group = cdn.AFDOriginGroup(
        "front-door-origins",
        origin_group_name="sites",
        profile_name=profile.name,
        resource_group_name=resource_group.name,
        load_balancing_settings=cdn.LoadBalancingSettingsParametersArgs(
            sample_size=4, successful_samples_required=3, additional_latency_in_milliseconds=50
        ),
        health_probe_settings=cdn.HealthProbeParametersArgs(
            probe_path="/", probe_protocol="Https", probe_request_type="HEAD", probe_interval_in_seconds=100
        ),
        opts=options,
    )
    origins = [
        cdn.AFDOrigin(
            f"front-door-origin-{region}",
            origin_name=region,
            origin_group_name=group.name,
            profile_name=profile.name,
            resource_group_name=resource_group.name,
            host_name=site.default_hostname,
            origin_host_header=site.default_hostname,
            http_port=80,
            https_port=443,
            priority=1,
            weight=1000,
            enabled_state="Enabled",
            enforce_certificate_name_check=True,
            opts=options,
        )
        for region, site in sites.items()
    ]
    return [group, *origins]


def _route(
    resource_group: ResourceGroup,
    origins: tuple[cdn.AFDOriginGroup, list[cdn.AFDOrigin]],
    domains: list[cdn.AFDCustomDomain],
) -> cdn.Route:
    """The route from every path to the sites. It is refused while its origin group is empty, so it waits for them."""
    group, members = origins
    return cdn.Route(
        "front-door-route",
        route_name="sites",
        endpoint_name=resource_group.get("frontDoorEndpoint").name,
        profile_name=resource_group.get("frontDoor").name,
        resource_group_name=resource_group.name,
        origin_group=cdn.ResourceReferenceArgs(id=group.id),
        custom_domains=[cdn.ActivatedResourceReferenceArgs(id=domain.id) for domain in domains] or None,
        patterns_to_match=["/*"],
        supported_protocols=["Http", "Https"],
        https_redirect="Enabled",
        forwarding_protocol="HttpsOnly",
        link_to_default_domain="Enabled",
        enabled_state="Enabled",
        cache_configuration=cdn.AfdRouteCacheConfigurationArgs(
            query_string_caching_behavior="UseQueryString",
            compression_settings=cdn.CompressionSettingsArgs(
                is_compression_enabled=True, content_types_to_compress=COMPRESSED
            ),
        ),
        opts=resource_group.layer("frontend").options(*members),
    )
