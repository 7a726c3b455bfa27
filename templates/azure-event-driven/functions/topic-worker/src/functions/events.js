const { app, output } = require('@azure/functions')
const { notificationFor } = require('../notification.js')

// A Service Bus topic trigger with its own subscription: other subscribers get the same events.
const notifications = output.serviceBusTopic({ connection: 'ServiceBus', topicName: 'notifications-topic' })

app.serviceBusTopic('events', {
  connection: 'ServiceBus',
  topicName: '%TOPIC_NAME%',
  subscriptionName: '%SUBSCRIPTION_NAME%',
  extraOutputs: [notifications],
  handler(event, context) {
    const notification = notificationFor(event)
    if (notification === undefined) return
    context.extraOutputs.set(notifications, notification)
    context.log(`told ${notification.to} of order ${event.order}`)
  },
})
