/** Every task of this process: those that run, those that have ended, those it takes over, those of other processes. */
import type { Cancel } from '../core/clock.js';
import { type Budget, isOpen, type TaskRecord } from '../core/store.js';
import { Finished } from './finished.js';
import type { RunTools } from './run-tools.js';
import { TaskRun } from './task-run.js';
import { Waits } from './waits.js';

export interface TasksTools extends RunTools {
  /** A task of this process begins and ends to count. */
  readonly onBegun: (clientId: string) => void;
  readonly onOver: (clientId: string) => void;
  /** Another process has remembered something. */
  readonly onFact: (key: string, value: unknown) => void;
}

/** Resumed polls are spread over at most this per task, so that a restart is no burst. */
const RESUME_SPACING_MS = 2;
/** How many are gone on with in one turn, and how long after it the next: less work than time, so that it yields. */
const RESUME_AT_ONCE = 200;
const RESUME_EVERY_MS = 10;
/** How often tasks of processes that are gone are looked for, and how many are taken over at once. */
const ADOPT_EVERY_MS = 250;
const ADOPT_AT_ONCE = 500;
/** How often a task of another process is read again while a client waits for it, should no word of it come. */
const FOREIGN_POLL_MS = 1_000;

export class Tasks {
  readonly #tools: TasksTools;
  readonly #running = new Map<number, TaskRun>();
  /** Left by an earlier process, not yet gone on with. */
  #loaded: TaskRun[] = [];
  /** Ended, and the answer to a submit is still to be booked. */
  readonly #late = new Set<TaskRun>();
  readonly #finished = new Finished();
  /** Clients that wait for tasks of other processes. */
  readonly #changes = new Map<number, { readonly changed: Promise<void>; readonly tell: () => void }>();
  readonly #over = new WeakMap<TaskRun, Promise<void>>();
  readonly #waits: Waits;
  #stopWatching = () => {};
  #cancelAdopting: Cancel = () => {};
  #isStopping = false;

  constructor(tools: TasksTools) {
    this.#tools = tools;
    this.#waits = new Waits(tools.clock);
  }

  get inFlight(): number {
    return this.#running.size;
  }

  /** Clients that wait for something. */
  get held(): number {
    return this.#waits.size;
  }

  running(id: number): TaskRun | undefined {
    return this.#running.get(id);
  }

  /** Learns of every task that an earlier process has left waiting for an answer. */
  async load(): Promise<void> {
    for (;;) {
      const adopted = await this.#tools.store.adopt(ADOPT_AT_ONCE);
      for (const record of adopted) this.#loaded.push(this.#takeOver(record));
      if (adopted.length < ADOPT_AT_ONCE) return;
    }
  }

  /** Goes on with the tasks that were loaded, a slice at a time: clients are answered in between. */
  resume(from = 0): void {
    if (this.#isStopping) return;
    const to = from + RESUME_AT_ONCE;
    for (const [position, run] of this.#loaded.slice(from, to).entries())
      run.resume((from + position) * RESUME_SPACING_MS);
    if (to < this.#loaded.length) this.#tools.clock.after(RESUME_EVERY_MS, () => this.resume(to));
    else this.#loaded = [];
  }

  /** Listens to other processes on the same store, and takes over what those leave that are gone. */
  share(): void {
    this.#stopWatching = this.#tools.store.watch({
      onTask: (id) => void this.#onChange(id).catch(this.#tools.onStoreError),
      onFact: this.#tools.onFact,
    });
    this.#adoptLater();
  }

  /** Takes a new task. Rejects, with nothing left of it, when it cannot be written. */
  async begin(record: TaskRecord, budget?: Budget): Promise<TaskRecord> {
    const run = new TaskRun(record, this.#tools);
    this.#keep(run);
    try {
      await run.begin(budget);
      return run.record;
    } catch (error) {
      this.#running.delete(record.id);
      throw error;
    }
  }

  async find(id: number): Promise<TaskRecord | undefined> {
    const known = this.#running.get(id)?.record ?? this.#finished.get(id);
    return known ?? (await this.#tools.store.find(id));
  }

  /** A client has asked for a task that is not over, and does not wait. */
  asked(id: number): void {
    const { asks, clock } = this.#tools;
    if (this.#running.has(id)) asks.asked(id, clock.now());
  }

  /** Waits until a task is over, whoever works on it; at most `waitMs`, and no longer than `signal`. */
  async untilEnded(id: number, waitMs: number, signal?: AbortSignal): Promise<void> {
    const { asks, clock } = this.#tools;
    const until = clock.now() + waitMs;
    asks.forget(id);
    while (!this.#isStopping && !signal?.aborted && clock.now() < until) {
      const run = this.#running.get(id);
      if (run) await this.#waits.until(this.#overOf(run), until - clock.now(), signal);
      else await this.#untilChanged(id, Math.min(until - clock.now(), FOREIGN_POLL_MS), signal);
      const record = await this.find(id);
      if (!record || !isOpen(record)) return;
    }
  }

  /** One promise a task, for all who wait for its end. */
  #overOf(run: TaskRun): Promise<void> {
    const over = this.#over.get(run) ?? Promise.race([run.ended, run.lost]);
    this.#over.set(run, over);
    return over;
  }

  /** Waits for `event`, at most `waitMs`, and no longer than the gateway itself. */
  until(event: Promise<unknown>, waitMs: number, signal?: AbortSignal): Promise<void> {
    return this.#waits.until(event, waitMs, signal);
  }

  /** Changes what memory keeps of a task that has ended. */
  changeFinished(id: number, change: Partial<TaskRecord>): void {
    this.#finished.change(id, change);
  }

  /** A task of another process was changed by this one. */
  forget(id: number): void {
    this.#finished.drop(id);
  }

  /**
   * Releases whoever waits and leaves what is running to the next process; resolves when the submits under way are
   * booked, or after `graceMs`: an answer that is on its way may be a paid task.
   */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.#stopWatching();
    this.#cancelAdopting();
    const booked = Promise.all([...this.#running.values(), ...this.#late].map((run) => run.stop()));
    this.#waits.release();
    if (graceMs > 0) await new Waits(this.#tools.clock).until(booked, graceMs);
  }

  #takeOver(record: TaskRecord): TaskRun {
    const run = new TaskRun(record, this.#tools);
    this.#keep(run);
    this.#tools.onBegun(record.clientId);
    return run;
  }

  #adoptLater(): void {
    const { clock, store, onStoreError } = this.#tools;
    this.#cancelAdopting = clock.after(ADOPT_EVERY_MS, () => {
      void store
        .adopt(ADOPT_AT_ONCE)
        .then((records) => {
          for (const [position, record] of records.entries()) {
            if (this.#running.has(record.id)) continue;
            this.#finished.drop(record.id);
            this.#takeOver(record).resume(position * RESUME_SPACING_MS);
          }
        })
        .catch(onStoreError)
        .finally(() => {
          if (!this.#isStopping) this.#adoptLater();
        });
    });
  }

  #keep(run: TaskRun): void {
    const { id, clientId } = run.record;
    this.#running.set(id, run);
    const over = (): boolean => {
      if (this.#running.get(id) !== run) return false;
      this.#running.delete(id);
      this.#tools.asks.forget(id);
      this.#tools.onOver(clientId);
      return true;
    };
    void run.lost.then(over);
    void run.ended.then(async () => {
      const { record } = run;
      if (!over()) return;
      this.#finished.keep(record);
      await this.#bookLate(run, record);
    });
  }

  /** A submit that was under way at the end of its task may still bring an id, or the word that it was free. */
  async #bookLate(run: TaskRun, atEnd: TaskRecord): Promise<void> {
    this.#late.add(run);
    await run.settled();
    this.#late.delete(run);
    const { attempts } = run.record;
    if (attempts !== atEnd.attempts) this.#finished.change(atEnd.id, { attempts });
  }

  /** Word from another process: it has settled this task, which one of ours may be working on. */
  async #onChange(id: number): Promise<void> {
    const run = this.#running.get(id);
    if (run) {
      const record = await this.#tools.store.find(id);
      if (record && !isOpen(record) && isOpen(run.record)) {
        run.lose();
        this.#finished.keep(record);
      }
    } else this.#finished.drop(id);
    this.#changes.get(id)?.tell();
    this.#changes.delete(id);
  }

  async #untilChanged(id: number, waitMs: number, signal?: AbortSignal): Promise<void> {
    let change = this.#changes.get(id);
    if (!change) {
      let tell = () => {};
      const changed = new Promise<void>((resolve) => {
        tell = resolve;
      });
      change = { changed, tell };
      this.#changes.set(id, change);
    }
    await this.#waits.until(change.changed, waitMs, signal);
    if (this.#changes.get(id) === change) this.#changes.delete(id);
  }
}
