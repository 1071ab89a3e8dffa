import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../lib/utf8.ts';
import { knownMethod } from './method-names.ts';
import { erasOf, isServerRequest, METHOD_NAMES, requestTraits } from './methods.ts';

const requests = METHOD_NAMES.filter((method) => requestTraits(method) !== undefined);

describe('requestTraits', () => {
  it('calls safe what sessions.md lists under "What is repeated", and nothing else', () => {
    expect(requests.filter((method) => requestTraits(method)?.repeat === 'safe').toSorted()).toEqual(
      [
        'tools/list',
        'prompts/list',
        'resources/list',
        'resources/templates/list',
        'tasks/list',
        'resources/read',
        'prompts/get',
        'completion/complete',
        'tasks/get',
        'ping',
        'server/discover',
        'logging/setLevel',
        'resources/subscribe',
        'resources/unsubscribe',
        'initialize',
      ].toSorted(),
    );
    expect(requests.filter((method) => requestTraits(method)?.repeat === 'annotated')).toEqual(['tools/call']);
  });

  it('caches initialize and the lists of what a server offers', () => {
    const cacheable = requests.filter((method) => requestTraits(method)?.cacheable === true);
    expect(cacheable).toEqual(['initialize', 'tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']);
  });

  it('has for 2026-07-28 the requests of that revision and of its extension for tasks', () => {
    expect(requests.filter((method) => requestTraits(method)?.eras.includes('modern') === true).toSorted()).toEqual(
      [
        'tools/list',
        'tools/call',
        'prompts/list',
        'prompts/get',
        'resources/list',
        'resources/templates/list',
        'resources/read',
        'completion/complete',
        'server/discover',
        'subscriptions/listen',
        'tasks/get',
        'tasks/update',
        'tasks/cancel',
      ].toSorted(),
    );
  });

  it('knows nothing of methods that objects happen to have', () => {
    for (const method of ['constructor', 'toString', '__proto__', 'tools/CALL', '']) expect(requestTraits(method)).toBeUndefined();
  });

  it('tells the requests that a server sends from those of a client', () => {
    for (const method of ['ping', 'sampling/createMessage', 'elicitation/create', 'roots/list', 'tasks/get']) {
      expect(isServerRequest(method)).toBe(true);
    }
    for (const method of ['tools/call', 'notifications/progress', 'toString']) expect(isServerRequest(method)).toBe(false);
  });

  it('gives the notifications of 2026-07-28', () => {
    const modern = METHOD_NAMES.filter((method) => method.startsWith('notifications/') && erasOf(method).includes('modern'));
    expect(modern.toSorted()).toEqual(
      [
        'notifications/cancelled',
        'notifications/progress',
        'notifications/message',
        'notifications/resources/updated',
        'notifications/resources/list_changed',
        'notifications/tools/list_changed',
        'notifications/prompts/list_changed',
        'notifications/subscriptions/acknowledged',
      ].toSorted(),
    );
    expect(erasOf('notifications/subscriptions/acknowledged')).toEqual(['modern']);
    expect(erasOf('roots/list')).toEqual(['legacy']);
    expect(erasOf('hasOwnProperty')).toEqual([]);
  });
});

describe('knownMethod', () => {
  it('finds each known name in the middle of bytes, and none that differs in one letter', () => {
    for (const method of METHOD_NAMES) {
      const bytes = encodeUtf8(`"${method}"`);
      expect(knownMethod(bytes, 1, bytes.length - 1)).toBe(method);
      for (let pos = 1; pos < bytes.length - 1; pos += 1) {
        const changed = bytes.with(pos, (bytes[pos] ?? 0) ^ 0x20);
        expect(knownMethod(changed, 1, bytes.length - 1)).toBeUndefined();
      }
    }
    expect(knownMethod(encodeUtf8('x'.repeat(500)), 0, 500)).toBeUndefined();
  });
});
