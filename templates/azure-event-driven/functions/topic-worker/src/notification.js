/** The notification an event gives rise to; undefined for events nobody is told of. */
function notificationFor(event) {
  if (event?.type !== 'order.accepted') return undefined
  const amount = (event.total / 100).toFixed(2)
  return { to: event.customer, subject: 'Your order', text: `Order ${event.order} over ${amount} has been accepted.` }
}

module.exports = { notificationFor }
