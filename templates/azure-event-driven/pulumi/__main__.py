"""The platform, layer by layer, in the order of its deployment. Which layers there are is in config/settings.py."""

import pulumi

from config.settings import get_environment_settings, get_secrets
from infra.core.resource_group import create_resource_group
from infra.database.cosmos import create_cosmos
from infra.database.redis import create_redis
from infra.database.sql_database import create_database
from infra.etl.data_factory import create_data_factory
from infra.etl.storage import create_etl_storage
from infra.frontend.cdn import create_cdn
from infra.frontend.dns import create_dns_zone, create_site_domain
from infra.frontend.static_web_app import create_static_sites
from infra.functions.function_app import create_functions
from infra.gateway.apim import create_gateway
from infra.messaging.servicebus import create_service_bus
from infra.microservices.container_app import create_container_apps
from infra.networking.bastion import create_bastion
from infra.networking.private_endpoints import create_private_endpoints
from infra.networking.vnet import create_network
from infra.observability.alerts import create_alerts
from infra.observability.app_insights import create_app_insights
from infra.observability.log_analytics import create_diagnostics, create_workspace
from infra.observability.workbook import create_workbook
from infra.security.keyvault import create_vault
from infra.security.managed_identity import create_identities
from infra.security.rbac import assign_roles

# Says which secrets are missing before anything is planned.
get_secrets()

environment = pulumi.get_stack()
settings = get_environment_settings(environment)

# 1. Core
resource_group = create_resource_group(settings)

# 2. Networking
network = create_network(settings, resource_group)
if settings.parameters.enable_management:
    bastion = create_bastion(settings, resource_group)

# 3. Security
identities = create_identities(settings, resource_group)
vault = create_vault(settings, resource_group)

# 4. Observability
workspace = create_workspace(settings, resource_group)
insights = create_app_insights(settings, resource_group)

# 5. Database, with the storage that the ETL stages its data in
staging = create_etl_storage(settings, resource_group)
if settings.features.enable_sql_database:
    database = create_database(settings, resource_group)
if settings.features.enable_redis_cache:
    cache = create_redis(settings, resource_group)
if settings.features.enable_cosmos_db:
    cosmos = create_cosmos(settings, resource_group)
assign_roles(settings, resource_group, "database")
create_private_endpoints(settings, resource_group, "database")

# 6. Messaging
if settings.features.enable_service_bus:
    bus = create_service_bus(settings, resource_group)

# 7. Functions
if settings.features.enable_functions:
    workers = create_functions(settings, resource_group)
if settings.features.enable_data_factory:
    factory = create_data_factory(settings, resource_group)

# 8. Microservices
if settings.features.enable_container_apps:
    services = create_container_apps(settings, resource_group)

# 9. Gateway
if settings.features.enable_api_management:
    gateway = create_gateway(settings, resource_group)

# 10. Frontend
if settings.parameters.custom_domain:
    domain = create_dns_zone(settings, resource_group)
sites = create_static_sites(settings, resource_group)
if settings.features.enable_cdn:
    endpoint = create_cdn(settings, resource_group, sites)
elif settings.parameters.custom_domain:
    create_site_domain(settings, resource_group, next(iter(sites.values())))

# What watches over the rest comes when the rest is there.
create_diagnostics(settings, resource_group)
create_alerts(settings, resource_group)
create_workbook(settings, resource_group)

pulumi.export("resourceGroup", resource_group.name)
pulumi.export("sites", [site.default_hostname for site in sites.values()])
if settings.features.enable_api_management:
    pulumi.export("gateway", gateway.gateway_url)
if settings.features.enable_cdn:
    pulumi.export("frontDoor", endpoint.host_name)
