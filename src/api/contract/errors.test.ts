import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { errorEnvelopeSchema } from './error-envelope.ts';
import { fromEnvelope, isEnvelope, toEnvelope } from './errors.ts';

describe('the error envelope', () => {
  it('carries an error there and back', () => {
    for (const details of [{ what: 'a: b', why: 'c', data: { x: 1 } }, { what: 'a' }, { what: 'a', fix: 'do it' }]) {
      const error = new HoldfastError('HF_PORT_TAKEN', details);
      const sent: unknown = JSON.parse(JSON.stringify(toEnvelope(error)));
      expect(isEnvelope(sent)).toBe(true);
      const back = fromEnvelope(errorEnvelopeSchema.parse(sent));
      expect(back).toMatchObject({ code: error.code, message: error.message, why: error.why, fix: error.fix, data: error.data });
    }
  });

  it('keeps a code that this side does not know', () => {
    const newer = { error: { code: 'HF_NEW', message: 'a', why: null, fix: 'b', data: {} } };
    expect(fromEnvelope(newer)).toMatchObject({ code: 'HF_INTERNAL', message: 'a', data: { code: 'HF_NEW' } });
  });

  it('is told from other bodies', () => {
    for (const other of [null, 1, {}, { error: 'x' }, { error: { code: 'x' } }, { result: {} }]) expect(isEnvelope(other)).toBe(false);
  });
});
