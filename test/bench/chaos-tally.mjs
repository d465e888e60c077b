/** What became of a million tasks, counted as they end: nothing is kept of any of them but the odd ones. */

/**
 * @typedef {import('../../dist/src/core/store.js').TaskRecord} TaskRecord
 * @typedef {import('../../dist/src/core/events.js').BreakerChange} BreakerChange
 * @typedef {Map<string, number>} Counts
 */

const EXAMPLES = 5;

/** @param {Counts} counts @param {string} name */
export function count(counts, name, by = 1) {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** The most frequent first. @param {Counts} counts */
export function sorted(counts) {
  return Object.fromEntries([...counts].sort(([, one], [, other]) => other - one));
}

export class Tally {
  ended = 0;
  solved = 0;
  /** @type {Counts} by code */
  failed = new Map();
  /** Stories of tasks that were not solved. @type {string[]} */
  examples = [];
  /** @type {Counts} times that a way was closed that had been open, by provider and scope */
  openings = new Map();
  /** @type {Counts} by cause */
  causes = new Map();
  purchases = 0;
  spentUsd = 0;
  /** @type {Counts} purchases beyond a task's first, by what became of the one before */
  again = new Map();
  againUsd = 0;
  /** Times that a provider was given a task again that it had found unsolvable, because nobody else was left. */
  askedAgain = 0;
  polls = 0;
  #open = new Set();

  /** @param {TaskRecord} record */
  end({ id, status, error, attempts, createdAt }) {
    this.ended += 1;
    if (status === 'solved') {
      this.solved += 1;
      return;
    }
    count(this.failed, error?.code ?? status);
    if (this.examples.length >= EXAMPLES) return;
    const story = attempts.map(
      ({ provider, outcome, startedAt, endedAt }) =>
        `${provider} ${outcome} ${startedAt - createdAt}..${endedAt === null ? '' : endedAt - createdAt} ms`,
    );
    this.examples.push(
      `task ${id} at ${new Date(createdAt).toISOString()}: ${error?.code}: ${story.join(', ')}`,
    );
  }

  /** @param {TaskRecord} record */
  forget({ attempts }) {
    let before = '';
    const unsolved = new Set();
    const askedAgain = new Set();
    for (const { provider, mayBeCharged, costUsd, outcome, polls } of attempts) {
      this.polls += polls;
      if (!mayBeCharged) continue;
      this.purchases += 1;
      this.spentUsd += costUsd ?? 0;
      if (before !== '') {
        count(this.again, before);
        this.againUsd += costUsd ?? 0;
      }
      before = outcome;
      if (unsolved.has(provider)) askedAgain.add(provider);
      if (outcome === 'unsolvable') unsolved.add(provider);
    }
    this.askedAgain += askedAgain.size;
  }

  /** @param {BreakerChange} change */
  opened({ provider, scope, kind, cause }) {
    const way = `${provider} ${scope} ${kind ?? ''}`;
    if (this.#open.has(way)) return;
    this.#open.add(way);
    count(this.openings, `${provider} ${scope}`);
    count(this.causes, cause);
  }

  /** @param {BreakerChange} change */
  closed({ provider, scope, kind }) {
    this.#open.delete(`${provider} ${scope} ${kind ?? ''}`);
  }
}
