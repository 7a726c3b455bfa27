const { app } = require('@azure/functions')
const { passOn } = require('../call.js')

// A Service Bus queue trigger. What it calls sees the fixed address of the NAT gateway.
app.serviceBusQueue('sync', {
  connection: 'ServiceBus',
  queueName: '%QUEUE_NAME%',
  async handler(message, context) {
    const status = await passOn(message, process.env.THIRDPARTY_URL)
    context.log(`${message.path} answered ${status}`)
  },
})
