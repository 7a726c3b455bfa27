"""The custom domain: a DNS zone that leads to the frontend. Made when the parameter custom_domain is set."""

import pulumi
from pulumi_azure_native import cdn, dns, web

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup


def create_dns_zone(settings: EnvironmentSettings, resource_group: ResourceGroup) -> dns.Zone:
    """Makes the zone of the domain."""
    zone = dns.Zone(
        "dns-zone",
        zone_name=settings.parameters.custom_domain,
        resource_group_name=resource_group.name,
        location="global",
        tags=resource_group.tags,
        opts=resource_group.layer("frontend").options(),
    )
    return resource_group.keep("dnsZone", zone)


def create_front_door_domain(
    settings: EnvironmentSettings, resource_group: ResourceGroup, profile: cdn.Profile
) -> cdn.AFDCustomDomain:
    """Makes the domain of Front Door with a certificate of its own, and the record that proves whose it is."""
    layer = resource_group.layer("frontend")
    zone = resource_group.get("dnsZone")
    domain = cdn.AFDCustomDomain(
        "front-door-domain",
        custom_domain_name="frontend",
        host_name=settings.parameters.custom_domain,
        azure_dns_zone=cdn.ResourceReferenceArgs(id=zone.id),
        tls_settings=cdn.AFDDomainHttpsParametersArgs(
            certificate_type="ManagedCertificate", minimum_tls_version="TLS12"
        ),
        profile_name=profile.name,
        resource_group_name=resource_group.name,
        opts=layer.options(),
    )
    dns.RecordSet(
        "dns-proof",
        relative_record_set_name="_dnsauth",
        record_type="TXT",
        zone_name=zone.name,
        resource_group_name=resource_group.name,
        ttl=3600,
        txt_records=[dns.TxtRecordArgs(value=[domain.validation_properties.validation_token])],
        opts=layer.options(),
    )
    return domain


def create_address(resource_group: ResourceGroup, target: pulumi.CustomResource) -> dns.RecordSet:
    """Leads the domain itself to a site or to Front Door's endpoint."""
    return dns.RecordSet(
        "dns-address",
        relative_record_set_name="@",
        record_type="A",
        zone_name=resource_group.get("dnsZone").name,
        resource_group_name=resource_group.name,
        ttl=3600,
        target_resource=dns.SubResourceArgs(id=target.id),
        opts=resource_group.layer("frontend").options(),
    )


def create_site_domain(
    settings: EnvironmentSettings, resource_group: ResourceGroup, site: web.StaticSite
) -> web.StaticSiteCustomDomain:
    """Gives the domain to the first site, where there is no Front Door before it."""
    record = create_address(resource_group, site)
    return web.StaticSiteCustomDomain(
        "site-domain",
        domain_name=settings.parameters.custom_domain,
        name=site.name,
        resource_group_name=resource_group.name,
        validation_method="dns-txt-token",
        opts=resource_group.layer("frontend").options(record),
    )
