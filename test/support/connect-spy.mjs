// Loaded before the program: notes every connection, lookup of a name and packet that anything in it starts.
import { appendFileSync } from 'node:fs'
import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'

const note = (what) => appendFileSync(process.env['CONNECT_SPY'], `${what}\n`)

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...args) {
  note(`connect ${JSON.stringify(args[0]?.[0] ?? args[0])}`)
  return connect.apply(this, args)
}
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  const call = dns[name]
  dns[name] = (...args) => {
    note(`${name} ${args[0]}`)
    return call(...args)
  }
}
const { send } = dgram.Socket.prototype
dgram.Socket.prototype.send = function (...args) {
  note('send')
  return send.apply(this, args)
}
