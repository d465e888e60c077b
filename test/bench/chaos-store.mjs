/** A ledger in memory that keeps the store's promises, and forgets what has ended so that a million tasks fit. */

/**
 * @typedef {import('../../dist/src/core/store.js').TaskRecord} TaskRecord
 * @typedef {import('../../dist/src/core/store.js').Move} Move
 * @typedef {import('../../dist/src/core/store.js').TaskStore} TaskStore
 */

/** A late answer is still booked: longer than any call may take. */
const KEEP_MS = 60_000;

/** @implements {TaskStore} */
export class ForgetfulStore {
  isHeld = true;
  lapses = 0;
  #nextId = 1;
  /** @type {Map<number, TaskRecord>} */
  #records = new Map();
  /** Ended tasks, the first to end first. @type {{ id: number, at: number }[]} */
  #ended = [];
  #gone = 0;
  /** @type {Map<string, string>} */
  #facts = new Map();

  /**
   * @param {object} tools
   * @param {() => number} tools.now
   * @param {typeof import('../../dist/src/core/record.js').applyMove} tools.applyMove
   * @param {(record: TaskRecord) => void} tools.onForgotten told the last word on each task
   */
  constructor({ now, applyMove, onForgotten }) {
    this.now = now;
    this.applyMove = applyMove;
    this.onForgotten = onForgotten;
  }

  /** @param {number} count */
  async reserveIds(count) {
    this.#nextId += count;
    return this.#nextId - count;
  }

  /** All or none, as on disk. @param {number} id @param {readonly Move[]} moves */
  async write(id, moves) {
    let record = this.#records.get(id);
    for (const move of moves) {
      if (move.move === 'settled' && record && record.finishedAt !== null) return false;
      record = this.#next(id, record, move);
    }
    if (!record) return true;
    const isNewlyEnded = record.finishedAt !== null && moves.some(({ move }) => move === 'settled');
    this.#records.set(id, record);
    if (isNewlyEnded) this.#ended.push({ id, at: this.now() });
    this.#forgetOld();
    return true;
  }

  /** @param {number} id @param {TaskRecord | undefined} record @param {Move} move */
  #next(id, record, move) {
    if (move.move === 'created') {
      if (record) throw new Error(`task ${id} is there already`);
      return move.record;
    }
    if (!record) throw new Error(`there is no task ${id} for ${move.move}`);
    const count = record.attempts.length;
    const fits =
      !('attempt' in move) || (move.move === 'attempt-begun' ? move.attempt === count : move.attempt < count);
    if (!fits) throw new Error(`${move.move} does not follow ${count} attempts of task ${id}`);
    return this.applyMove(record, move);
  }

  #forgetOld(before = this.now() - KEEP_MS) {
    for (let oldest = this.#ended[this.#gone]; oldest; oldest = this.#ended[this.#gone]) {
      if (oldest.at > before) break;
      const record = this.#records.get(oldest.id);
      this.#records.delete(oldest.id);
      this.#gone += 1;
      if (record) this.onForgotten(record);
    }
    if (this.#gone < 10_000) return;
    this.#ended = this.#ended.slice(this.#gone);
    this.#gone = 0;
  }

  /** The last word on all that has ended. */
  forgetAll() {
    this.#forgetOld(Number.POSITIVE_INFINITY);
  }

  /** Tasks that have not ended. */
  get open() {
    return [...this.#records.values()].filter(({ finishedAt }) => finishedAt === null).length;
  }

  /** @param {number} id */
  async find(id) {
    return this.#records.get(id);
  }

  /** @param {string} clientId @param {string} key */
  async findByKey(clientId, key) {
    return [...this.#records.values()].find(
      (record) => record.clientId === clientId && record.idempotency?.key === key,
    );
  }

  /** Nobody else has ever been here. */
  async adopt() {
    return [];
  }

  /** @param {string} clientId @param {number} since */
  async spentUsd(clientId, since) {
    return [...this.#records.values()]
      .filter((record) => record.clientId === clientId && record.createdAt >= since)
      .flatMap(({ attempts }) => attempts)
      .reduce((sum, { mayBeCharged, costUsd }) => sum + (mayBeCharged ? (costUsd ?? 0) : 0), 0);
  }

  /** @param {string} key @param {unknown} value */
  remember(key, value) {
    this.#facts.set(key, JSON.stringify(value));
  }

  async recall() {
    return new Map([...this.#facts].map(([key, text]) => [key, JSON.parse(text)]));
  }

  watch() {
    return () => {};
  }

  async forget() {
    return 0;
  }

  async ping() {}

  async close() {}
}
