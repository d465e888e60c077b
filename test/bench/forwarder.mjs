/** The least that a gateway on the same libraries can do: read the body, forward it, hand back the answer. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { Pool } from 'undici';
import { announce } from './processes.mjs';

const upstream = new Pool(process.argv[2] ?? '', { connections: 256, pipelining: 1 });
const app = new Hono();

app.post('/in.php', async (context) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = await context.req.text();
  const reply = await upstream.request({ method: 'POST', path: '/in.php', headers, body });
  return context.text(await reply.body.text());
});

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, announce);
server.keepAliveTimeout = 75_000;
