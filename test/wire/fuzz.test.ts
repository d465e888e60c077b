/** However a service's answer is damaged: what was not left intact is never read, and every error is a SolveError. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { Accepted, Provider, Solved } from '../../src/core/provider.js';
import type { Kind, Task } from '../../src/core/task.js';
import { loadFolder } from '../../src/registry.js';
import { ANSWERS, reply, WORDS } from '../providers/wires.js';
import { sampleTask } from '../support/sample-tasks.js';
import { damaged, spoilt } from './damage.js';

const providers = await loadFolder<Provider>(new URL('../../providers/', import.meta.url));

/** What came of reading one body. */
type Told<Value> = { readonly value: Value } | { readonly error: unknown };

function attempt<Value>(read: () => Value): Told<Value> {
  try {
    return { value: read() };
  } catch (error) {
    return { error };
  }
}

/** Reads bodies with one reader, and notes what should never have been read. */
class Reading {
  bodies = 0;
  readonly faults: string[] = [];

  read<Value>(
    bodies: readonly string[],
    read: (body: string) => Value,
    isSound: (value: Value) => boolean,
  ): void {
    for (const body of bodies) {
      this.bodies += 1;
      const told = attempt(() => read(body));
      if ('error' in told) {
        if (!(told.error instanceof SolveError)) this.faults.push(`${body} throws ${String(told.error)}`);
      } else if (!isSound(told.value)) {
        this.faults.push(`${body} is read as ${JSON.stringify(told.value)}`);
      }
    }
  }
}

/** Nothing but what the undamaged answer holds; Alibaba's answer is whatever object comes, so that goes unseen. */
function isPartOf(whole: Solved | undefined, kind: Kind) {
  return (told: Solved | undefined): boolean => {
    const { data, ...members } = told?.solution ?? {};
    const rest = kind === 'alibaba' ? members : { ...members, ...(data !== undefined && { data }) };
    return Object.entries(rest).every(([name, value]) => isDeepStrictEqual(whole?.solution[name], value));
  };
}

/** An answer of CapSolver and YesCaptcha, and no damage. */
const NONE_MATCHES = '"objects":[]';

const isNothing = (told: unknown) => told === undefined;
const isNever = () => false;

function readPolls(reading: Reading, provider: Provider, kind: Kind): void {
  const answers = ANSWERS[provider.wire];
  const task = sampleTask(kind);
  const read = (body: string) => provider.poll.read(reply(body), { upstreamId: 'upstream-1', task });
  const solved = answers.solved(kind, provider.submit.ask(task));
  const whole = read(JSON.stringify(solved));
  if (whole === undefined) reading.faults.push(`${kind} has no answer in ${JSON.stringify(solved)}`);
  const bodies = damaged(solved, Object.values(whole?.solution ?? {}));
  reading.read(
    bodies.filter((body) => !body.includes(NONE_MATCHES)),
    read,
    isPartOf(whole, kind),
  );
  reading.read(spoilt(JSON.stringify(solved)), read, isNever);
  reading.read(damaged(answers.pending), read, isNothing);
  reading.read(damaged(answers.refused(answers.unsolvable)), read, isNothing);
}

function readSubmits(reading: Reading, provider: Provider, task: Task): void {
  const answers = ANSWERS[provider.wire];
  const read = (body: string): Accepted => provider.submit.read(reply(body), task);
  const whole = read(JSON.stringify(answers.accepted));
  reading.read(damaged(answers.accepted), read, (told) => isDeepStrictEqual(told, whole));
  reading.read(spoilt(JSON.stringify(answers.accepted)), read, isNever);
  reading.read(damaged(answers.refused(WORDS[provider.wire].noSlot)), read, isNever);
}

function readTheRest(reading: Reading, provider: Provider): void {
  const answers = ANSWERS[provider.wire];
  const balance = (body: string) => provider.balance.read(reply(body));
  const money = balance(JSON.stringify(answers.balance));
  reading.read(damaged(answers.balance), balance, (told) => told === money);
  reading.read(spoilt(JSON.stringify(answers.balance)), balance, isNever);
  const { report } = provider;
  if (!report) return;
  const made = { upstreamId: 'upstream-1', task: sampleTask('recaptcha_v2'), isAccepted: false };
  const reported = (body: string) => report.read(reply(body), made);
  reading.read(damaged(answers.reported), reported, isNothing);
  reading.read(spoilt(JSON.stringify(answers.reported)), reported, isNever);
}

const readings = new Map<string, Reading>();

function readingOf(provider: Provider): Reading {
  const known = readings.get(provider.id);
  if (known) return known;
  const reading = new Reading();
  for (const kind of provider.speaks) {
    readPolls(reading, provider, kind);
    readSubmits(reading, provider, sampleTask(kind));
  }
  readTheRest(reading, provider);
  readings.set(provider.id, reading);
  return reading;
}

describe('a damaged answer', () => {
  it.each([...providers])('of %s is never taken for one', (_id, provider) => {
    expect(readingOf(provider).faults.slice(0, 10)).toEqual([]);
  });

  it('was read a hundred thousand times, over each of the four wires', () => {
    const all = [...providers.values()];
    expect(new Set(all.map(({ wire }) => wire)).size).toBe(4);
    const count = all.reduce((sum, provider) => sum + readingOf(provider).bodies, 0);
    expect(count).toBeGreaterThanOrEqual(100_000);
  });
});
