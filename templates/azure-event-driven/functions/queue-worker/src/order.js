/**
 * Checks an order as it comes from the queue and answers the event that tells of it. Throws for what is no order: the
 * message is then tried again and at last becomes a dead letter, where somebody can look at it.
 */
function acceptOrder(message) {
  const { id, customer, lines } = message ?? {}
  if (typeof id !== 'string' || id === '') throw new TypeError('an order needs an id')
  if (typeof customer !== 'string' || customer === '') throw new TypeError(`order ${id} names no customer`)
  if (!Array.isArray(lines) || lines.length === 0) throw new TypeError(`order ${id} has no lines`)
  for (const { product, quantity, price } of lines) {
    const isWhole = typeof product === 'string' && Number.isInteger(quantity) && quantity > 0 && Number.isInteger(price)
    if (!isWhole) throw new TypeError(`order ${id} has a line without product, quantity or price in cents`)
  }
  const total = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0)
  return { type: 'order.accepted', order: id, customer, total }
}

module.exports = { acceptOrder }
