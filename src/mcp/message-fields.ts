/**
 * The parts of a JSON-RPC message that Holdfast reads, and how their keys are recognised in bytes.
 * Everything else in a message is only validated.
 */

import { encodeUtf8 } from '../lib/utf8.ts';

/** A part of a message, as its path from the top. `_meta` of 2026-07-28 holds what a session held before. */
export type Field =
  | 'jsonrpc'
  | 'id'
  | 'method'
  | 'params'
  | 'result'
  | 'error'
  | 'params.name'
  | 'params.uri'
  | 'params.requestId'
  | 'params.progressToken'
  | 'params.progress'
  | 'params.protocolVersion'
  | 'params.level'
  | 'params.cursor'
  | 'params.task'
  | 'params.taskId'
  | 'params.elicitationId'
  | 'params.inputResponses'
  | 'params.requestState'
  | 'params.notifications'
  | 'params._meta'
  | 'params._meta.progressToken'
  | 'params._meta.protocolVersion'
  | 'params._meta.subscriptionId'
  | 'params._meta.logLevel'
  | 'params._meta.clientCapabilities'
  | 'result.resultType'
  | 'result.nextCursor'
  | 'result.cacheScope'
  | 'result.task'
  | 'result._meta'
  | 'result._meta.subscriptionId'
  | 'error.code'
  | 'error.message'
  | 'error.data';

/** A key that means something in one kind of object. */
export interface KnownKey {
  /** Undefined for a look-alike: the same key in another case, which is not read but must not stand beside the exact one. */
  readonly field: Field | undefined;
  readonly lookAlike: KnownKey | undefined;
  readonly bytes: Uint8Array;
  /** Its bit in the set of the keys already seen in the same object. */
  readonly bit: number;
  /** The keys that mean something in its value, where that is an object. */
  readonly inside: KeyTable | undefined;
}

/** The keys that mean something in one kind of object, by their length in bytes. At most 31, one bit each. */
export type KeyTable = readonly (readonly KnownKey[] | undefined)[];

interface KeySpec {
  readonly key: string;
  readonly field: Field;
  readonly inside?: KeyTable;
}

function keyTable(specs: readonly KeySpec[]): KeyTable {
  const table: KnownKey[][] = [];
  for (const [index, { key, field, inside }] of specs.entries()) {
    const bytes = encodeUtf8(key);
    for (let length = table.length; length <= bytes.length; length += 1) table.push([]);
    const bit = 1 << index;
    const lookAlike = { field: undefined, lookAlike: undefined, bytes, bit, inside: undefined };
    table[bytes.length]?.push({ field, lookAlike, bytes, bit, inside });
  }
  return table;
}

/** Prefix of the keys that the protocol itself puts into `_meta` (2026-07-28, basic/index). */
const META_PREFIX = 'io.modelcontextprotocol/';

const PARAMS_META = keyTable([
  { key: 'progressToken', field: 'params._meta.progressToken' },
  { key: `${META_PREFIX}protocolVersion`, field: 'params._meta.protocolVersion' },
  { key: `${META_PREFIX}subscriptionId`, field: 'params._meta.subscriptionId' },
  { key: `${META_PREFIX}logLevel`, field: 'params._meta.logLevel' },
  { key: `${META_PREFIX}clientCapabilities`, field: 'params._meta.clientCapabilities' },
]);

const PARAMS = keyTable([
  { key: 'name', field: 'params.name' },
  { key: 'uri', field: 'params.uri' },
  { key: 'requestId', field: 'params.requestId' },
  { key: 'progressToken', field: 'params.progressToken' },
  { key: 'progress', field: 'params.progress' },
  { key: 'protocolVersion', field: 'params.protocolVersion' },
  { key: 'level', field: 'params.level' },
  { key: 'cursor', field: 'params.cursor' },
  { key: 'task', field: 'params.task' },
  { key: 'taskId', field: 'params.taskId' },
  { key: 'elicitationId', field: 'params.elicitationId' },
  { key: 'inputResponses', field: 'params.inputResponses' },
  { key: 'requestState', field: 'params.requestState' },
  { key: 'notifications', field: 'params.notifications' },
  { key: '_meta', field: 'params._meta', inside: PARAMS_META },
]);

const RESULT_META = keyTable([{ key: `${META_PREFIX}subscriptionId`, field: 'result._meta.subscriptionId' }]);

const RESULT = keyTable([
  { key: 'resultType', field: 'result.resultType' },
  { key: 'nextCursor', field: 'result.nextCursor' },
  { key: 'cacheScope', field: 'result.cacheScope' },
  { key: 'task', field: 'result.task' },
  { key: '_meta', field: 'result._meta', inside: RESULT_META },
]);

const ERROR = keyTable([
  { key: 'code', field: 'error.code' },
  { key: 'message', field: 'error.message' },
  { key: 'data', field: 'error.data' },
]);

/** The members of a message itself (JSON-RPC 2.0, sections 4 and 5). */
export const MESSAGE_KEYS: KeyTable = keyTable([
  { key: 'jsonrpc', field: 'jsonrpc' },
  { key: 'id', field: 'id' },
  { key: 'method', field: 'method' },
  { key: 'params', field: 'params', inside: PARAMS },
  { key: 'result', field: 'result', inside: RESULT },
  { key: 'error', field: 'error', inside: ERROR },
]);
