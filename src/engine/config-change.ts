/** What a new entry of the config changes in what is known of an account. */
import type { AccountGates } from './account-gates.js';
import { byOther } from './call.js';

/** The same key at the same service under another name or address: its pace and its bans hold on. */
export function takeOver(gates: AccountGates, { balance, ban }: AccountGates): void {
  gates.balance.takeOver(balance);
  if (ban.isOpen && ban.cause !== null) gates.ban.open(ban.cause, ban.until, ban.openedBy);
}

/** What was wrong with the key, or a kind that was not taken, may be right by now: one task finds out. */
export function forgive(gates: AccountGates): void {
  const by = byOther('config');
  const unsupported = [...gates.kinds]
    .map((kind) => gates.kind(kind))
    .filter(({ gate }) => gate.cause === 'unsupported');
  for (const { gate, circuit } of unsupported) {
    if (gate.close({ by })) circuit.close();
    gate.forget();
  }
  gates.key.close({ by });
  gates.key.forget();
}
