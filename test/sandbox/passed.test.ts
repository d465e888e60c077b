/** What no kind describes: refused as a real service would, unless the script says that it is taken. */
import { describe, expect, it } from 'vitest';
import type { Script } from '../../src/sandbox/sandbox.js';
import { get, post, withSandbox } from './caller.js';

const AT_ONCE: Script = { solve: { default: { fixedMs: 0 } } };
const VISION = '/in.php?key=k&method=Vision&scene=beach';
const ACME = { clientKey: 'k', task: { type: 'CustomTask', class: 'Acme', metadata: { level: 2 } } };

describe('a name without a kind', () => {
  it.each<[string, Script]>([
    ['that no script mentions', {}],
    ['beside kinds', { kinds: ['recaptcha_v2'] }],
    ['beside others', { passes: ['visio', 'customtask'] }],
  ])('%s is refused in the words of the wire', async (_name, script) => {
    await withSandbox({ script }, async (sandbox) => {
      expect(await get(sandbox, VISION)).toBe('ERROR_METHOD_CALL');
      expect(await post(sandbox, '/createTask', ACME)).toMatchObject({
        errorCode: 'ERROR_TASK_NOT_SUPPORTED',
      });
      expect(sandbox.stats().accepted).toBe(0);
    });
  });

  it('is taken, kept as it came and solved where the script says so', async () => {
    const script = { ...AT_ONCE, kinds: ['recaptcha_v2'], passes: ['vision', 'CustomTask/Acme'] } as const;
    await withSandbox({ script }, async (sandbox) => {
      const id = (await get(sandbox, VISION)).replace('OK|', '');
      const { taskId } = Object(await post(sandbox, '/createTask', ACME));
      expect(sandbox.tasks()).toMatchObject([
        { task: { kind: 'classic:vision', passed: { wire: 'classic', fields: { scene: 'beach' } } } },
        { task: { kind: 'json:customtask/acme', passed: { wire: 'json', fields: ACME.task } } },
      ]);
      expect(await get(sandbox, `/res.php?key=k&action=get&id=${id}`)).toBe(`OK|passed-sandbox-${id}`);
      expect(await post(sandbox, '/getTaskResult', { clientKey: 'k', taskId })).toMatchObject({
        status: 'ready',
        solution: { answer: `passed-sandbox-${taskId}`, isSure: true, nested: { ids: [taskId] } },
      });
    });
  });

  it('remembers which parts of a form were files', async () => {
    await withSandbox({ script: { passes: ['vision'] } }, async (sandbox) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ key: 'k', method: 'vision' })) form.set(name, value);
      form.set('file', new Blob(['picture']), 'scene.png');
      await fetch(`${sandbox.url}/in.php`, { method: 'POST', body: form });
      expect(sandbox.tasks()[0]?.task.passed).toEqual({
        wire: 'classic',
        fields: { method: 'vision', file: Buffer.from('picture').toString('base64') },
        files: ['file'],
      });
    });
  });
});

describe('a solution', () => {
  const image = 'iVBORw0KGgo=';

  it.each([
    [{ type: 'GridTask', body: image, rows: 3, columns: 3 }, { click: [9] }],
    [{ type: 'ReCaptchaV2Classification', image, question: '/m/0k4j' }, { objects: [8] }],
    [
      {
        type: 'ComplexImageTask',
        class: 'recaptcha',
        imagesBase64: [image],
        metadata: { Grid: '3x3', Task: 'cars' },
      },
      { answer: [false, false, false, false, false, false, false, false, true] },
    ],
    [
      { type: 'CustomTask', class: 'Basilisk', websiteURL: 'https://example.com/', websiteKey: 'k' },
      { data: { captcha_response: expect.stringMatching(/\S/) } },
    ],
  ])('is said in the form of %o', async (task, solution) => {
    await withSandbox({ script: AT_ONCE }, async (sandbox) => {
      const { taskId } = Object(await post(sandbox, '/createTask', { clientKey: 'k', task }));
      const result = await post(sandbox, '/getTaskResult', { clientKey: 'k', taskId });
      expect(result).toMatchObject({ status: 'ready', solution });
    });
  });

  it('and a type with two meanings follow the service that the script names', async () => {
    const task = {
      type: 'AmazonTask',
      websiteURL: 'https://example.com/',
      websiteKey: 'k',
      iv: 'i',
      context: 'c',
    };
    for (const [flavour, kind] of [
      [undefined, 'amazon_waf_voucher'],
      ['anticaptcha', 'amazon_waf_cookie'],
    ] as const) {
      await withSandbox({ script: { flavour } }, async (sandbox) => {
        await post(sandbox, '/createTask', { clientKey: 'k', task });
        expect(sandbox.tasks()[0]?.task.kind).toBe(kind);
      });
    }
  });
});
