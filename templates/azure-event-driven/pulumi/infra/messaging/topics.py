"""Topics, one to many, with the subscriptions of the table."""

from pulumi_azure_native import servicebus

from config.settings import EnvironmentSettings
from config.tables import TOPICS
from infra.core.resource_group import ResourceGroup
from infra.messaging.queues import dead_letters_of


def create_topics(settings: EnvironmentSettings, resource_group: ResourceGroup) -> list[servicebus.Topic]:
    """Makes the topics of the table, and what listens to each."""
    topics = []
    for row in TOPICS:
        topic = _topic(resource_group, row["name"])
        for subscription in row["subscriptions"]:
            _subscription(settings, resource_group, topic, (row["name"], subscription))
        topics.append(topic)
    return topics


def _topic(resource_group: ResourceGroup, name: str) -> servicebus.Topic:
    return servicebus.Topic(
        name,
        topic_name=name,
        namespace_name=resource_group.get("serviceBus").name,
        resource_group_name=resource_group.name,
        default_message_time_to_live="P14D",
        opts=resource_group.layer("messaging").options(),
    )


def _subscription(
    settings: EnvironmentSettings, resource_group: ResourceGroup, topic: servicebus.Topic, names: tuple[str, str]
) -> servicebus.Subscription:
    forward, after = dead_letters_of(resource_group)
    return servicebus.Subscription(
        "-".join(names),
        subscription_name=names[1],
        topic_name=topic.name,
        namespace_name=resource_group.get("serviceBus").name,
        resource_group_name=resource_group.name,
        max_delivery_count=settings.parameters.max_delivery_count,
        dead_lettering_on_message_expiration=True,
        dead_lettering_on_filter_evaluation_exceptions=True,
        lock_duration="PT1M",
        forward_dead_lettered_messages_to=forward,
        opts=resource_group.layer("messaging").options(*after),
    )
