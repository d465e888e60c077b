/** The built parts that a virtual run is made of: handed in, so that a run can be of any build. */

/** @typedef {Awaited<ReturnType<typeof loadDist>>} Dist */

/** @param {string} main the built `main.js` */
export async function loadDist(main) {
  const from = (/** @type {string} */ path) => import(new URL(path, main).href);
  /** @type {[typeof import('../../dist/src/engine/gateway.js'), typeof import('../../dist/src/core/events.js'), typeof import('../../dist/src/core/record.js')]} */
  const [{ Engine }, { Events }, { applyMove }] = await Promise.all([
    from('engine/gateway.js'),
    from('core/events.js'),
    from('core/record.js'),
  ]);
  /** @type {[typeof import('../../dist/src/config/schema.js'), typeof import('../../dist/src/config/accounts.js'), typeof import('../../dist/src/app.js')]} */
  const [{ configSchema }, { toAccounts, toClients }, { loadProviders }] = await Promise.all([
    from('config/schema.js'),
    from('config/accounts.js'),
    from('app.js'),
  ]);
  /** @type {[typeof import('../../dist/src/sandbox/service.js'), typeof import('../../dist/src/sandbox/delivery.js'), typeof import('../../dist/src/sandbox/random.js')]} */
  const [{ Service }, { arriving, DRIP_EVERY_MS }, { seededRandom }] = await Promise.all([
    from('sandbox/service.js'),
    from('sandbox/delivery.js'),
    from('sandbox/random.js'),
  ]);
  /** @type {[typeof import('../../dist/src/net/upstream-request.js'), typeof import('../../dist/src/net/upstream-failure.js')]} */
  const [{ fillRequest }, { abortFailure, failureOf, lateFailure }] = await Promise.all([
    from('net/upstream-request.js'),
    from('net/upstream-failure.js'),
  ]);
  return {
    ...{ Engine, Events, applyMove, configSchema, toAccounts, toClients, loadProviders },
    ...{ Service, arriving, DRIP_EVERY_MS, seededRandom, fillRequest, abortFailure, failureOf, lateFailure },
  };
}
