/** Loaded before a program of somebody else (`node --import`): servers that would listen on all interfaces listen on loopback. */

import { Server } from 'node:net';

const listen = Reflect.get(Server.prototype, 'listen') as (...args: readonly unknown[]) => Server;

Reflect.set(Server.prototype, 'listen', function listenOnLoopback(this: Server, first: unknown, ...rest: readonly unknown[]) {
  const callback = rest.findLast((argument) => typeof argument === 'function');
  const options = typeof first === 'object' && first !== null ? first : { port: first };
  return listen.call(this, { ...options, host: '127.0.0.1' }, callback);
});
