/** Finds the files of a folder that each hold one thing, by file name. */
import { readdir } from 'node:fs/promises';

/** The default exports of a folder's modules, by file name without extension, in alphabetical order. */
export async function loadFolder<Thing>(folder: URL): Promise<ReadonlyMap<string, Thing>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /^[^.]+\.[jt]s$/.test(entry.name));
  const names = files.map((entry) => entry.name).sort();
  const modules = await Promise.all(names.map((name) => import(new URL(name, folder).href)));
  return new Map(names.map((name, index) => [name.replace(/\.[jt]s$/, ''), modules[index].default]));
}
