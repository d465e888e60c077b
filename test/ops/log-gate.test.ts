/** The one gate of the log: what becomes of the texts that are handed over. */
import { describe, expect, it } from 'vitest';
import { logEvents, openLog } from '../../src/ops/log.js';
import { sampleAttempt, sampleEvents, sampleRecord } from './records.js';

describe('a text that somebody hands over', () => {
  const KEY = '0f4e9d3c2b1a49788796a5b4c3d2e1f0';

  it.each(['detail', 'reason', 'cause', 'fault', 'msg'])(
    'loses what looks like a secret, as %s too',
    (name) => {
      const texts: string[] = [];
      const log = openLog({ level: 'info', destination: { write: (text) => texts.push(text) } });
      const text = `the key ${KEY} at https://me:secret@example.com/path?key=${KEY}`;
      if (name === 'msg') log.warn({}, text);
      else log.warn({ [name]: text });
      expect(JSON.parse(texts.join(''))[name]).toBe('the key *** at https://example.com/…');
    },
  );

  it('loses the secrets of the config however they look, in ids too', () => {
    const texts: string[] = [];
    const destination = { write: (text: string) => texts.push(text) };
    const log = openLog({ level: 'info', destination, secrets: () => ['open sesame', 'house'] });
    log.info({ upstreamId: 'house-1', detail: 'he said open sesame' }, 'to the house');
    expect(JSON.parse(texts.join(''))).toMatchObject({
      upstreamId: '***-1',
      detail: 'he said ***',
      msg: 'to the ***',
    });
  });

  it('is no object, whoever goes round the types', () => {
    const texts: string[] = [];
    const log = openLog({ level: 'info', destination: { write: (text) => texts.push(text) } });
    log.info({ event: 'odd', record: sampleRecord() as unknown as string });
    expect(JSON.parse(texts.join(''))).toMatchObject({ event: 'odd', record: '***' });
  });

  it('keeps an id that looks like chance, unless it is longer than any id', () => {
    const texts: string[] = [];
    const events = sampleEvents();
    logEvents(events, openLog({ level: 'info', destination: { write: (text) => texts.push(text) } }));
    for (const upstreamId of ['61138bb6-19fb-11ec-a9c8-0242ac110006', 'k'.repeat(65), 'x secret-token x'])
      events.emit('attempt-ended', { record: sampleRecord(), attempt: sampleAttempt({ upstreamId }) });
    expect(texts.map((text) => JSON.parse(text).upstreamId)).toEqual([
      '61138bb6-19fb-11ec-a9c8-0242ac110006',
      '***',
      '***',
    ]);
  });
});
