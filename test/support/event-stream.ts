/** A client of a stream of server-sent events. */
import { type IncomingHttpHeaders, request } from 'node:http';

export interface ToldEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly told: readonly ToldEvent[];
  /** Everything that has come, as it was written. */
  text(): string;
  /** Resolves with the first event that fits. */
  until(fits: (event: ToldEvent) => boolean): Promise<ToldEvent>;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Opens a stream; the caller closes it, unless the server ends it. */
export function openEventStream(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const told: ToldEvent[] = [];
  let text = '';
  let waiting: (() => void)[] = [];
  let isEnded = false;
  const wake = () => {
    for (const look of waiting.splice(0)) look();
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, agent: false }, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        told.push(...blocks.flatMap(readBlock));
        wake();
      });
      const ended = new Promise<void>((end) => {
        response.once('close', () => {
          isEnded = true;
          wake();
          end();
        });
      });
      response.on('error', () => {});
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        told,
        text: () => text,
        async until(fits) {
          for (;;) {
            const found = told.find(fits);
            if (found) return found;
            if (isEnded) throw new Error(`the stream has ended without that event: ${text}`);
            await new Promise<void>((look) => {
              waiting = [...waiting, look];
            });
          }
        },
        ended,
        close: () => outgoing.destroy(),
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function readBlock(block: string): ToldEvent[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const [id, event, data] = [field('id'), field('event'), field('data')];
  return id === undefined || event === undefined || data === undefined
    ? []
    : [{ id, event, data: JSON.parse(data) }];
}
