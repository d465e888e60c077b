/** The log for people. */
import { describe, expect, it } from 'vitest';
import { logEvents, openLog } from '../../src/ops/log.js';
import { failedRecord, REFUSED, sampleAttempt, sampleEvents, sampleRecord } from './records.js';

const ESC = '\u001b';

function open(isColoured: boolean) {
  const texts: string[] = [];
  const destination = { write: (text: string) => texts.push(text) };
  const log = openLog({ level: 'info', format: 'pretty', isColoured, destination });
  const events = sampleEvents();
  logEvents(events, log);
  return { log, events, texts };
}

describe('a line for people', () => {
  it('is written at once, one an event, with what matters first', () => {
    const { events, texts } = open(false);
    const refused = sampleAttempt({ ...REFUSED, why: 'priority' });
    events.emit('attempt-ended', { record: sampleRecord({ attempts: [refused] }), attempt: refused });
    events.emit('task-ended', { record: sampleRecord() });
    expect(texts).toHaveLength(2);
    expect(texts[0]).toMatch(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: attempt {8}12345 recaptcha_v2 captchaai no_slot client=qa .*upstreamCode=ERROR_NO_SLOT_AVAILABLE\n$/,
    );
    expect(texts[1]).toContain('task           12345 recaptcha_v2 2captcha solved client=qa');
    expect(texts[1]).toContain('solveMs="21010 ms"');
    expect(texts.join('')).not.toContain(ESC);
  });

  it('leaves out what nobody knows, and is one line whatever comes', () => {
    const { log, texts } = open(false);
    log.warn({ event: 'odd', reason: `two\nlines ${ESC}[31m`, nothing: null, no: false }, 'a message');
    expect(texts).toEqual([expect.stringMatching(/WARN: odd {12}a message reason="two lines {2}\[31m"\n$/)]);
  });

  it.each([
    ['solved', '32m', () => sampleRecord()],
    ['failed', '31m', () => failedRecord()],
    ['cancelled', '2m', () => failedRecord({ status: 'cancelled', error: null })],
  ] as const)('has a colour for a task that was %s', (_name, colour, record) => {
    const { events, texts } = open(true);
    events.emit('task-ended', { record: record() });
    expect(texts[0]).toContain(`${ESC}[${colour}task`);
  });

  it('has a colour for what is wrong', () => {
    const { log, texts } = open(true);
    log.error({ event: 'fault' });
    log.warn({ event: 'calls-missed' });
    log.info({ event: 'listening' });
    expect(texts.map((text) => /\[(\d+)m(?:fault|calls-missed|listening)/.exec(text)?.[1])).toEqual([
      '31',
      '33',
      '36',
    ]);
  });
});
