import type { Exchange } from '../relay/exchange.ts';

/**
 * Takes over into the session what a request that succeeded has told the server: log level and subscriptions. A new server has to be told
 * again. False: it said nothing of that kind.
 */
export function rememberInSession(x: Exchange): boolean {
  const { session, name } = x;
  if (!session || !x.hasBody) return false;
  if (x.method === 'logging/setLevel') session.logLevel = x.message.text('params.level') ?? session.logLevel;
  else if (x.method === 'resources/subscribe' && name !== null) session.subscriptions.add(name);
  else if (x.method === 'resources/unsubscribe' && name !== null) session.subscriptions.delete(name);
  else return false;
  return true;
}

/** Whether `rememberInSession` could have something to take over. */
export function concernsSession(method: string): boolean {
  return method === 'logging/setLevel' || method === 'resources/subscribe' || method === 'resources/unsubscribe';
}
