// The suite's origin server on a free loopback port. It ends when stdin does,
// that is with the program that started it, however that ended.
import net from 'node:net'
import { devNull } from 'node:os'

// The suite's server would listen on every interface.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port) {
  return listen.call(this, { port, host: '127.0.0.1' })
}

process.env.npm_config_protocol = 'http'
process.env.npm_config_port = '0'
process.env.npm_config_pidfile = devNull
process.stdin.on('end', () => process.exit()).resume()

await import('http-cache-tests/server/server.mjs')
