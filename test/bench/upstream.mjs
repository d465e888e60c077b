/** A solving service at its barest: accepts every submit at once and never has a result. */
import { createServer } from 'node:http';
import { announce } from './processes.mjs';

let serial = 70_000_000_000;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('latin1').on('data', (text) => {
    body += text;
  });
  request.on('end', () => {
    serial += 1;
    const asJson = body.includes('json=1');
    const said = asJson ? `{"status":1,"request":"${serial}"}` : `OK|${serial}`;
    const type = asJson ? 'application/json' : 'text/plain';
    response.writeHead(200, { 'content-type': type, 'content-length': said.length }).end(said);
  });
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => announce(server.address()));
