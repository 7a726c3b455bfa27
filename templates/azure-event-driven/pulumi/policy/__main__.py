"""Security policies (CrossGuard): `pulumi up --policy-pack policy` refuses what breaks one of them."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

from rules import RULES, Looked, Rule


def environment_of(urn: str) -> str:
    """The stack that a resource is of: `urn:pulumi:prod::event-driven::...` is of prod."""
    return urn.split("::", 1)[0].rsplit(":", 1)[-1]


def policy_of(rule: Rule) -> ResourceValidationPolicy:
    """A rule as a policy of the pack."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        looked = Looked(environment_of(args.urn), args.resource_type, dict(args.props))
        for problem in rule.find(looked):
            report(f"{args.name}: {problem}")

    return ResourceValidationPolicy(name=rule.name, description=rule.description, validate=validate)


PolicyPack(
    name="event-driven",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[policy_of(rule) for rule in RULES],
)
