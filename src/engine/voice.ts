/** What an account tells of itself: nothing while it is out of the config, when its id may be another's. */
import type { EventMap, EventName, Events } from '../core/events.js';
import type { TaskKind } from '../core/task.js';
import type { Room } from './room.js';

/** Where an account's changes are told. */
export type Told = Pick<Events, 'emit'>;
/** Who waits for an account. */
export type Awaited = Pick<Room, 'freed' | 'changed'>;

const ABOUT_STATE: ReadonlySet<EventName> = new Set(['breaker-opened', 'breaker-closed', 'calls-missed']);

export class Voice implements Told, Awaited {
  isSilent = false;

  constructor(
    private readonly events: Told,
    private readonly room: Awaited,
  ) {}

  emit<Name extends EventName>(name: Name, event: EventMap[Name]): void {
    if (!this.isSilent || !ABOUT_STATE.has(name)) this.events.emit(name, event);
  }

  freed(account: string, hasRoomFor: (kind: TaskKind) => boolean): void {
    if (!this.isSilent) this.room.freed(account, hasRoomFor);
  }

  changed(account: string): void {
    if (!this.isSilent) this.room.changed(account);
  }
}
