/** What happens, as a stream of server-sent events: resumable for a while, bounded for whoever reads too slowly. */
import type { Cancel, Clock } from '../core/clock.js';
import type { EventName, Events } from '../core/events.js';
import type { TaskRecord } from '../core/store.js';
import { SAYINGS, type Said, type SayingTools } from './event-sayings.js';

/** Who looks, and at what. */
export interface Viewer {
  /** Sees this client's tasks and their solutions; absent for the operator, who sees all but solutions. */
  readonly clientId?: string | undefined;
  /** Nothing but this task; the stream ends with it. */
  readonly taskId?: string | undefined;
  /** The id of the last event that was seen. */
  readonly after?: string | undefined;
  /** Ends the connection of a reader that is too slow; absent where breaking the stream off does that. */
  readonly hangUp?: (() => void) | undefined;
  /** When the reader has gone, or the stream has ended otherwise. */
  readonly onOver?: (() => void) | undefined;
}

export interface EventFeed {
  /** A new stream of events; undefined when there are too many already. */
  open(viewer: Viewer): ReadableStream<Uint8Array> | undefined;
  /** Tells streams of this one task of its end, which may have happened elsewhere. */
  tellEnd(record: TaskRecord): void;
  /** Streams that are open. */
  readonly size: number;
  close(): void;
}

export interface FeedOptions extends SayingTools {
  readonly events: Events;
  readonly clock: Clock;
}

interface Told {
  readonly number: number;
  readonly at: number;
  readonly name: string;
  /** Undefined for what is no client's business. */
  readonly clientId: string | undefined;
  readonly taskId: string | undefined;
  readonly isEnd: boolean;
  /** JSON object without the solution. */
  readonly data: string;
  readonly solution: string | undefined;
}

const HEARTBEAT_MS = 15_000;
const KEPT_MS = 5 * 60_000;
const MOST_KEPT = 1_000;
const MOST_KEPT_CHARACTERS = 1_000_000;
/** What waits for one reader; more than that and it is let go, to come back with the id of what it saw last. */
const MOST_WAITING_BYTES = 256 * 1024;
const MOST_STREAMS = 1_000;
const MOST_STREAMS_OF_ONE = 100;

interface Stream {
  readonly viewer: Viewer;
  write(text: string): void;
  end(): void;
}

/** Starts listening; memory is bounded however much happens and however many listen. */
export function openFeed(options: FeedOptions): EventFeed {
  const { events, clock } = options;
  const ring = new Ring(() => clock.now());
  const streams = new Set<Stream>();
  /** Ids of an earlier process are not ours. */
  const epoch = clock.now().toString(36);
  let last = 0;
  let cancelHeartbeat: Cancel = () => {};

  function tell(said: Said, at: number): void {
    last += 1;
    const told = toTold(said, { number: last, at });
    ring.push(told);
    for (const stream of [...streams]) show(stream, told);
  }

  function show(stream: Stream, told: Told): void {
    if (!isFor(stream.viewer, told)) return;
    stream.write(spell(`${epoch}-${told.number}`, told, stream.viewer));
    if (stream.viewer.taskId !== undefined && told.isEnd) stream.end();
  }

  function replay(stream: Stream): void {
    const { after } = stream.viewer;
    if (after === undefined) return;
    const [start, number] = after.split('-');
    const from = start === epoch ? Number(number) : 0;
    for (const told of ring.after(from)) show(stream, told);
  }

  function beat(): void {
    cancelHeartbeat = clock.after(HEARTBEAT_MS, () => {
      for (const stream of [...streams]) stream.write(': still here\n\n');
      if (streams.size > 0) beat();
    });
  }

  const subscriptions = Object.entries(SAYINGS).map(([name, say]) =>
    events.on(name as EventName, (event) => {
      const said = (say as (event: unknown, options: FeedOptions) => Said | undefined)(event, options);
      if (said) tell(said, event.at);
    }),
  );

  return {
    get size() {
      return streams.size;
    },
    open(viewer) {
      const ofOne = [...streams].filter((stream) => stream.viewer.clientId === viewer.clientId).length;
      if (streams.size >= MOST_STREAMS || ofOne >= MOST_STREAMS_OF_ONE) return undefined;
      const over = (stream: Stream) => {
        if (streams.delete(stream)) viewer.onOver?.();
        if (streams.size === 0) cancelHeartbeat();
      };
      if (streams.size === 0) beat();
      return openStream(viewer, over, (stream) => {
        streams.add(stream);
        stream.write('retry: 2000\n\n');
        replay(stream);
      });
    },
    tellEnd(record) {
      const said = SAYINGS['task-ended']?.({ record }, options);
      if (!said) return;
      const told = toTold(said, { number: last, at: clock.now() });
      for (const stream of [...streams]) {
        if (stream.viewer.taskId === told.taskId) show(stream, told);
      }
    },
    close() {
      for (const unsubscribe of subscriptions) unsubscribe();
      for (const stream of [...streams]) stream.end();
    },
  };
}

function openStream(
  viewer: Viewer,
  onOver: (stream: Stream) => void,
  onOpen: (stream: Stream) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let isOver = false;
  let isOpening = true;
  let caughtUpBytes = 0;
  const finish = (stream: Stream) => {
    isOver = true;
    onOver(stream);
  };
  let stream: Stream | undefined;
  const source = {
    start(controller: ReadableStreamDefaultController<Uint8Array>) {
      const opened: Stream = {
        viewer,
        write(text) {
          if (isOver) return;
          const bytes = encoder.encode(text);
          controller.enqueue(bytes);
          // What was missed is bounded by itself, and comes all at once.
          if (isOpening) caughtUpBytes += bytes.length;
          if (isOpening || (controller.desiredSize ?? 0) > -caughtUpBytes) return;
          finish(opened);
          if (viewer.hangUp) viewer.hangUp();
          else controller.error(new Error('the reader is too slow'));
        },
        end() {
          if (isOver) return;
          controller.close();
          finish(opened);
        },
      };
      stream = opened;
      onOpen(opened);
      isOpening = false;
    },
    cancel() {
      if (!isOver && stream) finish(stream);
    },
  };
  return new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING_BYTES }));
}

function toTold(
  { name, record, clientId = record?.clientId, isEnd, data }: Said,
  { number, at }: Pick<Told, 'number' | 'at'>,
): Told {
  const taskId = record ? String(record.id) : undefined;
  const whole = { at: new Date(at).toISOString(), ...(taskId !== undefined && { taskId }), ...data };
  const named = 'taskId' in whole ? whole.taskId : undefined;
  const solution = isEnd && record?.solution ? JSON.stringify(record.solution) : undefined;
  return {
    number,
    at,
    name,
    clientId,
    taskId: named,
    isEnd: isEnd === true,
    data: JSON.stringify(whole),
    solution,
  };
}

function isFor({ clientId, taskId }: Viewer, told: Told): boolean {
  if (clientId !== undefined && told.clientId !== clientId) return false;
  return taskId === undefined || told.taskId === taskId;
}

function spell(id: string, { name, data, solution }: Told, { clientId }: Viewer): string {
  const isShown = clientId !== undefined && solution !== undefined;
  const whole = isShown ? `${data.slice(0, -1)},"solution":${solution}}` : data;
  return `id: ${id}\nevent: ${name}\ndata: ${whole}\n\n`;
}

/** The events of the last minutes, for those who come back. */
class Ring {
  #kept: Told[] = [];
  #characters = 0;

  constructor(private readonly now: () => number) {}

  push(told: Told): void {
    this.#kept.push(told);
    this.#characters += sizeOf(told);
    const oldest = this.now() - KEPT_MS;
    let gone = 0;
    for (const { at } of this.#kept) {
      const isTooMuch = this.#kept.length - gone > MOST_KEPT || this.#characters > MOST_KEPT_CHARACTERS;
      if (at > oldest && !isTooMuch) break;
      this.#characters -= sizeOf(this.#kept[gone]);
      gone += 1;
    }
    if (gone > 0) this.#kept = this.#kept.slice(gone);
  }

  after(number: number): readonly Told[] {
    const oldest = this.now() - KEPT_MS;
    return this.#kept.filter((told) => told.number > number && told.at > oldest);
  }
}

function sizeOf(told: Told | undefined): number {
  return (told?.data.length ?? 0) + (told?.solution?.length ?? 0);
}
