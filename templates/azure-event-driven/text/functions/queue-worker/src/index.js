import { app } from '@azure/functions'

/** Takes orders from the queue. One that throws is delivered again, and dead-lettered in the end. */
app.serviceBusQueue('takeOrder', {
  connection: 'ServiceBus',
  queueName: '%QUEUE_NAME%',
  handler: async (order, context) => {
    if (typeof order?.id !== 'string') throw new Error('an order has an id')
    context.log(`order ${order.id} taken, delivery ${context.triggerMetadata.deliveryCount}`)
  },
})
