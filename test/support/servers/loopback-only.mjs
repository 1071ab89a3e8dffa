// `node --import loopback-only.mjs SERVER`: a server that would listen on all addresses listens on 127.0.0.1.
import net from 'node:net';

const { prototype } = net.Server;
/** @type {unknown} */
const listen = Reflect.get(prototype, 'listen');

/** @this {net.Server} @param {unknown[]} args @returns {unknown} */
function listenOnLoopback(...args) {
  const [port, ...rest] = args;
  const isPortAlone = (typeof port === 'number' || typeof port === 'string') && typeof rest[0] !== 'string';
  return /** @type {Function} */ (listen).apply(this, isPortAlone ? [Number(port), '127.0.0.1', ...rest] : args);
}

Object.assign(prototype, { listen: listenOnLoopback });
