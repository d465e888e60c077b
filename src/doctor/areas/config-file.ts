/** The config file: whether it is there, whether it can be loaded, and who else may read it. */
import { area, type Facts, type Found } from '../facts.js';
import { listed } from '../places.js';
import { isFileReference, literalSecrets, textsOf, variablesOf, type WrittenText } from '../written.js';

const OTHERS_MAY_READ = 0o044;

/** Who asks about a gateway elsewhere need not have its config. */
function partOf(facts: Facts): Facts | undefined {
  const { file, running } = facts;
  const isElsewhere = file.state === 'missing' && !file.isNamed && running?.isNamed === true;
  return isElsewhere ? undefined : facts;
}

/** The file as a whole. */
export const CONFIG_FILE = area('config file', partOf, [
  {
    id: 'config-missing',
    severity: 'fault',
    title: 'there is no config file',
    find: ({ file }) =>
      file.state !== 'missing'
        ? []
        : [
            {
              where: file.path,
              what: 'There is no such file.',
              cause: 'The config was not written yet, or lies elsewhere.',
              fix: `Name it with --config FILE, or begin with: cp config.example.json ${file.path}`,
            },
          ],
  },
  {
    id: 'config-unreadable',
    severity: 'fault',
    title: 'the config file cannot be read',
    find: ({ file }) =>
      file.state !== 'unreadable'
        ? []
        : [
            {
              where: file.path,
              what: `It cannot be read: ${file.detail}.`,
              cause: 'It belongs to another user, or is no file.',
              fix: `Let this user read it: chown "$(id -un)" ${file.path}`,
            },
          ],
  },
  {
    id: 'config-syntax',
    severity: 'fault',
    title: 'the config file is not JSON',
    find: ({ file }) =>
      file.state !== 'not-json'
        ? []
        : [
            {
              where: file.path,
              what: `It is not JSON: ${file.detail}.`,
              cause: 'JSON wants double quotes, no comments, and no comma after the last entry.',
              fix: `Mend that place, then run: captcha-gateway config check --config ${file.path}`,
            },
          ],
  },
  {
    id: 'variable-unset',
    severity: 'fault',
    title: 'the config names an environment variable that is not set',
    find: (facts) =>
      namedVariables(facts)
        .filter(({ name }) => facts.variables[name] === undefined)
        .map(({ path, name }) => ({
          where: path,
          what: `The environment variable ${name} is not set.`,
          cause: 'A variable reaches the gateway only if it is exported where the gateway starts.',
          fix: `export ${name}=… where the gateway starts, or in its unit or compose file`,
        })),
  },
  {
    id: 'variable-empty',
    severity: 'fault',
    title: 'the config names an environment variable that is set to nothing',
    find: (facts) =>
      namedVariables(facts)
        .filter(({ name }) => facts.variables[name] === 'empty')
        .map(({ path, name }) => ({
          where: path,
          what: `The environment variable ${name} is empty.`,
          cause: 'Compose files and unit files set what they do not know to nothing.',
          fix: `Give ${name} a value where the gateway starts`,
        })),
  },
  {
    id: 'secret-file-unreadable',
    severity: 'fault',
    title: 'the config names a file for a value, and it cannot be read',
    find: (facts) =>
      facts.issues
        .filter(({ path }) => fileReferences(facts).some((each) => each.path === path))
        .map(({ path, message }) => ({
          where: path,
          what: `It names a file that cannot be used: ${message}.`,
          cause: 'The secret is not mounted, or belongs to another user.',
          fix: `Mount the file for the gateway's user, or write another one at ${path}`,
        })),
  },
  {
    id: 'config-invalid',
    severity: 'fault',
    title: 'the config breaks its schema, or contradicts itself',
    find: invalid,
  },
  {
    id: 'config-readable-by-others',
    severity: 'warning',
    title: 'the config holds keys, and other users may read it',
    find: ({ file }) => {
      const secrets = literalSecrets(file.written);
      if (file.mode === null || (file.mode & OTHERS_MAY_READ) === 0 || secrets.length === 0) return [];
      return [
        {
          where: file.path,
          what: `Other users of this machine may read it (mode ${file.mode.toString(8)}), and it holds ${listed(secrets)}.`,
          cause: 'New files are readable by all unless umask says otherwise.',
          fix: `chmod 600 ${file.path}`,
        },
      ];
    },
  },
]);

function namedVariables({ file }: Facts): readonly { readonly path: string; readonly name: string }[] {
  return textsOf(file.written).flatMap(({ path, text }) => variablesOf(text).map((name) => ({ path, name })));
}

function fileReferences({ file }: Facts): readonly WrittenText[] {
  return textsOf(file.written).filter(({ text }) => isFileReference(text));
}

/** What the checks before have not told already. */
function invalid(facts: Facts): readonly Found[] {
  if (facts.file.state !== 'read') return [];
  const told = new Set([
    ...namedVariables(facts)
      .filter(({ name }) => facts.variables[name] !== 'set')
      .map(({ path }) => path),
    ...fileReferences(facts).map(({ path }) => path),
  ]);
  return facts.issues
    .filter(({ path }) => !told.has(path))
    .map(({ path, message, hint }) => ({
      where: path || 'config',
      what: `${path || 'The config'} ${message}.`,
      cause: 'The gateway does not start with a config that it does not understand.',
      fix: hint ?? `Write a value at ${path || 'that place'} that config.schema.json allows`,
    }));
}
