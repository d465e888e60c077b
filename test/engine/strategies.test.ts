/** Who is asked first, by each strategy, as tasks show it. */
import { describe, expect, it } from 'vitest';
import type { RoutingSettings, Strategy } from '../../src/core/gateway.js';
import { drawOf } from '../../src/engine/draws.js';
import { askedFor } from '../support/fake-transport.js';
import { accepts, says, solves } from './answers.js';
import { type AccountFacts, account, type Bench, CLIENT, openBench, TASK } from './bench.js';

type Facts = AccountFacts & { readonly solveMs?: number; readonly solves?: number };

/**
 * Accounts that solve what they take, so many in ten (all unless told), at their first poll, which is when their
 * solve time is over.
 */
function openStrategy(
  strategy: Strategy,
  facts: Readonly<Record<string, Facts>>,
  routing: Partial<RoutingSettings> = {},
): Bench {
  const accounts = Object.entries(facts).map(([id, { solveMs = 5_000, solves: _, ...rest }]) =>
    account(id, { ...rest, timing: { firstPollMs: solveMs } }),
  );
  const bench = openBench({ accounts, routing: { strategy, maxAttempts: 1, ...routing } });
  for (const [id, { solves: share = 10 }] of Object.entries(facts)) {
    let tasks = 0;
    bench.transport.always(id, 'submit', () => {
      tasks += 1;
      return accepts(`${id}-${tasks}`);
    });
    bench.transport.always(id, 'report', says('OK_REPORT_RECORDED'));
    bench.transport.always(id, 'poll', (sent) => {
      const number = Number(String(askedFor(sent)).split('-')[1]);
      return number % 10 < share ? solves('t') : says('ERROR_CAPTCHA_UNSOLVABLE');
    });
  }
  return bench;
}

/** Hands in tasks one after the other; who got how many of them, and the reasons given. */
async function share(bench: Bench, tasks: number, task = TASK) {
  const counts: Record<string, number> = {};
  const reasons = new Set<string>();
  for (let made = 0; made < tasks; made += 1) {
    const { attempts } = await bench.run(31_000, task);
    const [first] = attempts;
    if (!first) throw new Error('nobody was asked');
    counts[first.provider] = (counts[first.provider] ?? 0) + 1;
    if (first.why) reasons.add(first.why);
  }
  return { counts, reasons: [...reasons] };
}

describe('priority', () => {
  it('asks the first there is, and says so', async () => {
    const bench = openStrategy('priority', { a: { priceUsd: 0.01 }, b: { priceUsd: 0.001 } });
    expect(await share(bench, 20)).toEqual({ counts: { a: 20 }, reasons: ['priority'] });
  });
});

describe('weighted', () => {
  it('shares tasks out by weight, and the rest by the weights of those that are left', async () => {
    const facts = { a: { weight: 6 }, b: { weight: 3 }, c: { weight: 1 } };
    const { counts, reasons } = await share(openStrategy('weighted', facts), 1_000);
    expect(counts.a).toBeGreaterThan(550);
    expect(counts.a).toBeLessThan(650);
    expect(counts.b).toBeGreaterThan(250);
    expect(counts.b).toBeLessThan(350);
    expect(reasons).toContain('weighted: drawn with weight 6');
    const bench = openStrategy('weighted', facts);
    bench.transport.always('a', 'submit', says('ERROR_KEY_DOES_NOT_EXIST'));
    await share(bench, 1);
    const rest = (await share(bench, 400)).counts;
    expect((rest.b ?? 0) / (rest.c ?? 1)).toBeGreaterThan(2.2);
    expect((rest.b ?? 0) / (rest.c ?? 1)).toBeLessThan(4.2);
  });
});

describe('cheapest', () => {
  it('goes by the price of a solve: what solves half its tasks costs double', async () => {
    const bench = openStrategy('cheapest', {
      good: { priceUsd: 0.003 },
      bad: { priceUsd: 0.002, solves: 5 },
    });
    const { counts, reasons } = await share(bench, 100);
    expect(counts.bad).toBeGreaterThan(5);
    expect(counts.good).toBeGreaterThan(60);
    expect(reasons).toContain('cheapest: 0.00222 USD a solve');
  });

  it('takes a price that nobody knows for the dearest that is known', async () => {
    const bench = openStrategy('cheapest', {
      unknown: { priceUsd: null },
      known: { priceUsd: 0.002 },
      dear: { priceUsd: 0.003 },
    });
    expect((await share(bench, 20)).counts).toEqual({ known: 20 });
  });
});

describe('fastest', () => {
  it('learns who is', async () => {
    const bench = openStrategy(
      'fastest',
      { slow: { solveMs: 30_000 }, fast: { solveMs: 5_000 } },
      { explore: 0.2 },
    );
    const { counts, reasons } = await share(bench, 100);
    expect(counts.fast).toBeGreaterThan(80);
    expect(counts.slow).toBeGreaterThan(3);
    expect(reasons).toContain('drawn to keep its figures fresh');
  });

  it('counts the time of what was not solved', async () => {
    const bench = openStrategy('fastest', { hasty: { solveMs: 5_000, solves: 2 }, sure: { solveMs: 8_000 } });
    const { counts } = await share(bench, 100);
    expect(counts.sure).toBeGreaterThan(70);
  });
});

describe('best', () => {
  const elsewhere = { ...TASK, pageUrl: 'https://elsewhere.example/' };

  it('goes by what an accepted answer costs, site by site', async () => {
    const bench = openStrategy('best', { cheap: { priceUsd: 0.001 }, dear: { priceUsd: 0.0015 } });
    const report = async (tasks: number) => {
      for (let made = 0; made < tasks; made += 1) {
        const { id, provider } = await bench.run(31_000);
        await bench.engine.report(CLIENT, id, provider === 'dear');
      }
    };
    await report(40);
    expect((await share(bench, 20)).counts).toEqual({ dear: 20 });
    // What fails at one site is not condemned at another where it works.
    for (let made = 0; made < 40; made += 1) {
      const { id } = await bench.run(31_000, elsewhere, { providers: ['cheap'] });
      await bench.engine.report(CLIENT, id, true);
    }
    expect((await share(bench, 20, elsewhere)).counts).toEqual({ cheap: 20 });
    await report(5);
    expect((await share(bench, 20)).counts).toEqual({ dear: 20 });
  });
});

it('what clients have reported outlives the process', async () => {
  const facts = { cheap: { priceUsd: 0.001 }, dear: { priceUsd: 0.0015 } };
  const bench = openStrategy('best', facts);
  bench.engine.share();
  for (let made = 0; made < 20; made += 1) {
    const { id, provider } = await bench.run(31_000);
    await bench.engine.report(CLIENT, id, provider === 'dear');
  }
  await bench.restart();
  expect((await share(bench, 10)).counts).toEqual({ dear: 10 });
  expect(bench.engine.provider('cheap')?.kinds.find(({ kind }) => kind === TASK.kind)).toMatchObject({
    acceptedRate: expect.closeTo(0.7, 0),
    inFlight: 0,
    learnedLimit: null,
  });
});

describe('a kind', () => {
  it('may have a strategy of its own', async () => {
    const bench = openStrategy(
      'priority',
      { a: { priceUsd: 0.01 }, b: { priceUsd: 0.001 } },
      { kinds: { [TASK.kind]: { strategy: 'cheapest' } } },
    );
    expect((await share(bench, 5)).counts).toEqual({ b: 5 });
  });
});

describe('a new provider', () => {
  it('gets its share first, and is asked last for everything else', async () => {
    const bench = openStrategy('priority', { fresh: { shadow: 0.1 }, known: {} });
    const { counts, reasons } = await share(bench, 400);
    expect(counts.fresh).toBeGreaterThan(20);
    expect(counts.fresh).toBeLessThan(60);
    expect(reasons.sort()).toEqual(['priority', 'sampled: a new provider is measured']);
    bench.transport.always('known', 'submit', says('ERROR_KEY_DOES_NOT_EXIST'));
    await share(bench, 1);
    expect((await share(bench, 20)).counts).toEqual({ fresh: 20 });
  });
});

describe('draws', () => {
  it('are spread evenly and share nothing between purposes', () => {
    const tasks = Array.from({ length: 20_000 }, (_, index) => index + 1);
    for (const salt of [0, 1, 1_000, 2_000, 3_000]) {
      const below = tasks.filter((id) => drawOf(id, salt) < 0.1).length;
      expect(below).toBeGreaterThan(1_850);
      expect(below).toBeLessThan(2_150);
    }
    const both = tasks.filter((id) => drawOf(id, 0) < 0.1 && drawOf(id, 1) < 0.1).length;
    expect(both).toBeGreaterThan(140);
    expect(both).toBeLessThan(260);
  });
});
