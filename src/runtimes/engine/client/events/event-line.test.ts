import { describe, expect, it } from 'vitest';
import { eventOf } from './event-line.ts';

function line(action: string, attributes: Record<string, string> = {}, type = 'container'): string {
  const actor = JSON.stringify({ ID: 'abc', Attributes: { name: 'hf', 'holdfast.instance': 'i', ...attributes } });
  return `{"status":"${action}","id":"abc","Type":"${type}","Action":"${action}","Actor":${actor},"scope":"local","time":1795550118,"timeNano":1795550118296480538}`;
}

describe('an event', () => {
  it('keeps its time to the nanosecond', () => {
    const event = eventOf(line('start'));
    expect(event?.stamp).toBe('1795550118.296480538');
    expect(event?.at).toBe(1_795_550_118_296);
    expect(event?.labels['holdfast.instance']).toBe('i');
  });

  it('takes no time out of a label', () => {
    expect(eventOf(line('start', { x: '"timeNano":1111111111111111111' }))?.stamp).toBe('1795550118.296480538');
  });

  it('is told in the words of Docker on both engines', () => {
    expect(eventOf(line('die', { exitCode: '137' }))).toMatchObject({ action: 'die', exitCode: 137 });
    expect(eventOf(line('died', { containerExitCode: '3' }))).toMatchObject({ action: 'die', exitCode: 3 });
    expect(eventOf(line('remove', { containerExitCode: '0' }))).toMatchObject({ action: 'destroy', exitCode: null });
    expect(eventOf(line('destroy'))).toMatchObject({ action: 'destroy' });
    expect(eventOf(line('kill', { signal: '15' }))).toMatchObject({ action: 'kill', signal: 15 });
    expect(eventOf(line('kill', { containerExitCode: '0' }))).toMatchObject({ action: 'kill', signal: null });
    expect(eventOf(line('health_status: unhealthy'))).toMatchObject({ action: 'health', health: 'unhealthy' });
    expect(eventOf(line('health_status', { health_status: 'healthy' }))).toMatchObject({ action: 'health', health: 'healthy' });
  });

  it('of which nothing is known is another one', () => {
    for (const action of ['init', 'cleanup', 'exec_create: /bin/true ', 'exec_die', 'attach', 'toString']) {
      expect(eventOf(line(action))?.action).toBe('other');
    }
  });

  it('of a network is none', () => {
    expect(eventOf(line('create', {}, 'network'))).toBeNull();
  });

  it('that is no event is an error that tells so', () => {
    expect(() => eventOf('{"a":1}')).toThrow(/not an engine's: Type/);
    expect(() => eventOf('{"a"')).toThrow(/no JSON/);
  });
});
