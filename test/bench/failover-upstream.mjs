/** A service in a process of its own that takes every task, or refuses every one: `failover-upstream.mjs [CODE BALANCE]`. */
import { createServer } from 'node:http';
import { announce } from './processes.mjs';

const [code, balance = '0'] = process.argv.slice(2);
let submits = 0;

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end(answer(request.url ?? '')));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => announce(server.address()));
process.once('SIGTERM', () => process.exit(0));

/** @param {string} url */
function answer(url) {
  if (url.startsWith('/in.php')) {
    submits += 1;
    return code
      ? JSON.stringify({ status: 0, request: code })
      : JSON.stringify({ status: 1, request: `u${submits}` });
  }
  if (url.includes('getbalance')) return JSON.stringify({ status: 1, request: balance });
  return JSON.stringify({ status: 0, request: 'CAPCHA_NOT_READY' });
}
