"""The Redis cache, signed in to with an identity instead of keys."""

from pulumi_azure_native import redis

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup


def create_redis(settings: EnvironmentSettings, resource_group: ResourceGroup) -> redis.Redis:
    """Makes the cache and lets the services in."""
    options = resource_group.layer("database").options()
    tier = settings.tiers.redis_cache
    cache = redis.Redis(
        "redis",
        name=resource_group.names.of("redisCache"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=redis.SkuArgs(name=tier, family="C", capacity=0 if tier == "Basic" else 1),
        enable_non_ssl_port=False,
        minimum_tls_version="1.2",
        disable_access_key_authentication=True,
        redis_configuration=redis.RedisCommonPropertiesRedisConfigurationArgs(aad_enabled="true"),
        public_network_access="Disabled" if settings.security.private_endpoints else "Enabled",
        opts=options,
    )
    if settings.features.enable_container_apps:
        services = resource_group.get("identity", "services")
        redis.AccessPolicyAssignment(
            "redis-access",
            access_policy_assignment_name="services",
            access_policy_name="Data Contributor",
            cache_name=cache.name,
            resource_group_name=resource_group.name,
            object_id=services.principal_id,
            object_id_alias=services.name,
            opts=options,
        )
    return resource_group.keep("redisCache", cache)
