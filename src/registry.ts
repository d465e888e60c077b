/** Finds the files of a folder that each hold one thing, by file name. */
import { readdir } from 'node:fs/promises';

/** How to load the default export of each of a folder's modules, by file name without extension, in alphabetical order. */
export async function findFolder<Thing>(folder: URL): Promise<ReadonlyMap<string, () => Promise<Thing>>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /^[^.]+\.[jt]s$/.test(entry.name));
  const names = files.map((entry) => entry.name).sort();
  const load = async (name: string) => (await import(new URL(name, folder).href)).default as Thing;
  return new Map(names.map((name) => [name.replace(/\.[jt]s$/, ''), () => load(name)]));
}

/** All of them, loaded. */
export async function loadFolder<Thing>(folder: URL): Promise<ReadonlyMap<string, Thing>> {
  const found = [...(await findFolder<Thing>(folder))];
  return new Map(await Promise.all(found.map(async ([name, load]) => [name, await load()] as const)));
}
