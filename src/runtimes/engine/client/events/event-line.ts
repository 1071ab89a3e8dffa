import * as z from 'zod';
import { parseAnswer } from '../http/parse-answer.ts';
import type { EngineAction, EngineEvent } from './engine-events.ts';

const eventSchema = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
  time: z.number().nullish(),
});

const ACTIONS: ReadonlyMap<string, EngineAction> = new Map([
  ['create', 'create'],
  ['start', 'start'],
  ['die', 'die'],
  ['died', 'die'],
  ['kill', 'kill'],
  ['stop', 'stop'],
  ['restart', 'restart'],
  ['oom', 'oom'],
  ['pause', 'pause'],
  ['unpause', 'unpause'],
  ['rename', 'rename'],
  ['destroy', 'destroy'],
  ['remove', 'destroy'],
  ['health_status', 'health'],
]);

/** More digits than a number of JavaScript keeps, so it is read from the text. In a string the quotes would be escaped. */
const NANOSECONDS = /"timeNano":(\d{10,})/;

/**
 * One line of the events stream. Null for what is not about a container.
 * @throws EngineError for what is no event
 */
export function eventOf(line: string): EngineEvent | null {
  const said = parseAnswer(eventSchema, line, 'read the events of the engine');
  if (said.Type !== 'container') return null;
  const nano = NANOSECONDS.exec(line)?.[1] ?? `${said.time ?? 0}000000000`;
  const attributes = said.Actor.Attributes ?? {};
  // `health_status: healthy` on Docker, `exec_create: /bin/true` on both.
  const [word = '', detail = ''] = said.Action.split(': ');
  const action = ACTIONS.get(word) ?? 'other';
  return {
    action,
    id: said.Actor.ID,
    name: attributes['name'] ?? '',
    labels: attributes,
    at: Number(nano.slice(0, -6)),
    stamp: `${nano.slice(0, -9)}.${nano.slice(-9)}`,
    // Podman says one with every event, in another attribute.
    exitCode: action === 'die' ? number(attributes['exitCode'] ?? attributes['containerExitCode']) : null,
    signal: action === 'kill' ? number(attributes['signal']) : null,
    health: action === 'health' ? healthOf(detail === '' ? attributes['health_status'] : detail) : null,
  };
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function healthOf(text: string | undefined): EngineEvent['health'] {
  return text === 'starting' || text === 'healthy' || text === 'unhealthy' ? text : null;
}
