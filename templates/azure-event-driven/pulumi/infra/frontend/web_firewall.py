"""The web application firewall of Front Door."""

import pulumi
from pulumi_azure_native import cdn, frontdoor

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup

# Rules that Azure keeps; they need the Premium tier of Front Door.
RULE_SETS = (("Microsoft_DefaultRuleSet", "2.1"), ("Microsoft_BotManagerRuleSet", "1.1"))
CALLS_A_MINUTE = 1000


def create_web_firewall(
    settings: EnvironmentSettings, resource_group: ResourceGroup, domains: list[pulumi.CustomResource]
) -> frontdoor.Policy:
    """Makes the policy and puts it before the domains."""
    policy = _policy(settings, resource_group)
    cdn.SecurityPolicy(
        "web-firewall-association",
        security_policy_name="web-firewall",
        profile_name=resource_group.get("frontDoor").name,
        resource_group_name=resource_group.name,
        parameters=cdn.SecurityPolicyWebApplicationFirewallParametersArgs(
            type="WebApplicationFirewall",
            waf_policy=cdn.ResourceReferenceArgs(id=policy.id),
            associations=[
                cdn.SecurityPolicyWebApplicationFirewallAssociationArgs(
                    domains=[cdn.ActivatedResourceReferenceArgs(id=domain.id) for domain in domains],
                    patterns_to_match=["/*"],
                )
            ],
        ),
        opts=resource_group.layer("frontend").options(),
    )
    return policy


def _policy(settings: EnvironmentSettings, resource_group: ResourceGroup) -> frontdoor.Policy:
    tier = settings.tiers.front_door
    rule_sets = [
        frontdoor.ManagedRuleSetArgs(rule_set_type=name, rule_set_version=version, rule_set_action="Block")
        for name, version in RULE_SETS
    ]
    return frontdoor.Policy(
        "web-firewall",
        policy_name=resource_group.names.of("webFirewall"),
        resource_group_name=resource_group.name,
        location="global",
        tags=resource_group.tags,
        sku=frontdoor.SkuArgs(name=f"{tier}_AzureFrontDoor"),
        policy_settings=frontdoor.PolicySettingsArgs(
            enabled_state="Enabled", mode="Prevention", request_body_check="Enabled"
        ),
        custom_rules=frontdoor.CustomRuleListArgs(rules=[_rate_limit()]),
        managed_rules=frontdoor.ManagedRuleSetListArgs(managed_rule_sets=rule_sets) if tier == "Premium" else None,
        opts=resource_group.layer("frontend").options(),
    )


def _rate_limit() -> frontdoor.CustomRuleArgs:
    """No address may call more often than this; the condition holds for every address but the loopback."""
    return frontdoor.CustomRuleArgs(
        name="RateLimit",
        priority=100,
        enabled_state="Enabled",
        rule_type="RateLimitRule",
        rate_limit_duration_in_minutes=1,
        rate_limit_threshold=CALLS_A_MINUTE,
        match_conditions=[
            frontdoor.MatchConditionArgs(
                match_variable="SocketAddr", operator="IPMatch", negate_condition=True, match_value=["127.0.0.1/32"]
            )
        ],
        action="Block",
    )
