import { app } from '@azure/functions'

/** Reacts to domain events of the topic. */
app.serviceBusTopic('onEvent', {
  connection: 'ServiceBus',
  topicName: '%TOPIC_NAME%',
  subscriptionName: '%SUBSCRIPTION_NAME%',
  handler: async (event, context) => {
    if (typeof event?.type !== 'string') throw new Error('an event has a type')
    context.log(`event ${event.type} at ${context.triggerMetadata.enqueuedTimeUtc}`)
  },
})
