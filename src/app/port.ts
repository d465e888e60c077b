/** A port as it is written on a command line. */
import { UsageError } from './command-faults.js';

/** 0 takes a free one. @throws UsageError. */
export function portOf(written: string): number {
  const port = Number(written);
  if (!/^\d{1,5}$/.test(written) || port > 65_535)
    throw new UsageError('--port must be a number from 0 to 65535');
  return port;
}
