const { app, output } = require('@azure/functions')
const { acceptOrder } = require('../order.js')

// A Service Bus queue trigger: an order comes in, an event goes out to all who want to know.
const events = output.serviceBusTopic({ connection: 'ServiceBus', topicName: 'events-topic' })

app.serviceBusQueue('orders', {
  connection: 'ServiceBus',
  queueName: '%QUEUE_NAME%',
  extraOutputs: [events],
  handler(message, context) {
    const event = acceptOrder(message)
    context.extraOutputs.set(events, event)
    context.log(`order ${event.order} accepted`)
  },
})
