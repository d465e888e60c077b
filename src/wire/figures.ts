/** How both old doors spell what the gateway knows of its own load, speed and spending. */
import type { Usage, UsageHour } from '../core/gateway.js';
import type { Kind } from '../core/task.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Per cent; full when nothing can be taken. */
function loadOf({ busy, free }: Usage): number {
  return busy + free === 0 ? 100 : round((100 * busy) / (busy + free), 2);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** What load.php tells, in its order; nothing solved yet counts as 0. */
export function loadMembers(usage: Usage): Record<string, number> {
  return {
    waiting: usage.free,
    load: loadOf(usage),
    minbid: round(usage.meanCostUsd ?? 0, 6),
    averageRecognitionTime: round((usage.meanSolveMs ?? 0) / SECOND_MS, 2),
  };
}

/**
 * The answer of load.php. One member a line and minbid on the fourth, ended by CRLF, four numbers and no
 * others: clients count lines, words and numbers instead of reading XML.
 */
export function sayLoad(usage: Usage): string {
  const lines = Object.entries(loadMembers(usage)).map(([name, value]) => `  <${name}>${value}</${name}>`);
  return ['<response>', ...lines, '</response>'].join('\r\n');
}

interface HourFigures {
  readonly date: string;
  readonly hour: number;
  readonly volume: number;
  readonly money: number;
}

/** The hours of one day (`YYYY-MM-DD`, UTC) of which the gateway knows. */
export function hoursOfDay(hours: readonly UsageHour[], date: string): readonly HourFigures[] {
  return hours
    .map(({ startsAt, solved, spentUsd }) => {
      const written = new Date(startsAt).toISOString();
      const hour = Number(written.slice(11, 13));
      return { date: written.slice(0, 10), hour, volume: solved, money: round(spentUsd, 6) };
    })
    .filter((hour) => hour.date === date);
}

/** The answer of getstats. */
export function sayStats(hours: readonly HourFigures[]): string {
  const rows = hours.map(
    ({ date, hour, volume, money }) =>
      `  <stats date="${date}" hour="${hour}"><volume>${volume}</volume><money>${money}</money></stats>`,
  );
  return ['<response>', ...rows, '</response>'].join('\r\n');
}

/** The kinds behind Anti-Captcha's queue ids. Source: anti-captcha.com/apidoc/methods/getQueueStats. */
const QUEUES: Readonly<Record<number, Kind>> = {
  1: 'image_to_text',
  2: 'image_to_text',
  5: 'recaptcha_v2',
  6: 'recaptcha_v2',
  7: 'funcaptcha',
  10: 'funcaptcha',
  12: 'geetest_v3',
  13: 'geetest_v3',
  18: 'recaptcha_v3',
  19: 'recaptcha_v3',
  20: 'recaptcha_v3',
  21: 'hcaptcha',
  22: 'hcaptcha',
  23: 'recaptcha_v2_enterprise',
  24: 'recaptcha_v2_enterprise',
  26: 'turnstile',
  27: 'turnstile',
  29: 'hcaptcha',
};

/** The kind that a queue id stands for; undefined for a queue of which the gateway keeps no figures. */
export function kindOfQueue(queueId: unknown): Kind | undefined {
  const id = typeof queueId === 'number' || typeof queueId === 'string' ? Number(queueId) : Number.NaN;
  return Object.hasOwn(QUEUES, id) ? QUEUES[id] : undefined;
}

/** The answer of getQueueStats: nothing beside these members, no errorId either. */
export function sayQueue(usage: Usage): object {
  return {
    waiting: usage.free,
    load: loadOf(usage),
    bid: (usage.meanCostUsd ?? 0).toFixed(10),
    speed: round((usage.meanSolveMs ?? 0) / SECOND_MS, 2),
    total: usage.busy + usage.free,
  };
}

/** The records of getSpendingStats: 24 hours from the one that `fromMs` is in, as far as the gateway knows them. */
export function spendingRecords(hours: readonly UsageHour[], fromMs: number): readonly object[] {
  return hours
    .filter(({ startsAt }) => startsAt > fromMs - HOUR_MS && startsAt <= fromMs + 23 * HOUR_MS)
    .map(({ startsAt, solved, spentUsd }) => ({
      dateFrom: startsAt / SECOND_MS,
      dateTill: (startsAt + HOUR_MS) / SECOND_MS - 1,
      volume: solved,
      money: round(spentUsd, 6),
    }));
}
