/** How the outage theatre is played, in the words of its page. */
import { COOLDOWN_MS, MAX_COOLDOWN_MS, PACE } from './chaos-services.mjs';

/** @param {string} perSecond tasks a second */
export const realTimeProse = (
  perSecond,
) => `The built gateway with its SQLite file store runs as a process of its own. Four sandbox services on loopback enforce
their rules: the first poll, the pace and number of polls, the pause after NO_SLOT and ZERO_BALANCE, the pace of balance
calls; whoever breaks one is banned. Services solve in 0.3 to 2 s; breakers close for ${COOLDOWN_MS} ms at first and
${MAX_COOLDOWN_MS} ms at most, a call has ${PACE.answerWithinMs} ms. ${perSecond} tasks a second come through all three doors, each
handed in once; every act but _calm_ and _unsolvable_ breaks the first service (_all at once_: the first three, each in another way), and the fourth
is always well. Tasks that are at a service when it breaks wait for it until they are given up after ${PACE.giveUpMs} ms;
they count with the act in which they were handed in. Where the bench itself was kept from the processor for more than
50 ms, what fails is not held against the gateway. The stories of the tasks come from \`GET /v1/tasks/{id}\`, everything else from the services' own books.

_Submits to close_ are those that the broken service saw before the first pause; _knowing_ leaves out those that were
under way, 20 ms at most, when the first failure was told. _Passed on_ are tasks that another service took after a
refusal; what that added is the time from the task's creation to the submit that was accepted, over the same for tasks
that the first service asked has taken. A service that hangs is found out after 1 s, so that all submits of that second
wait for it; none of them misses its deadline. _Served again_ counts from the end of the outage, and so does the _full
share_: from then on nine tasks of ten go to the first service again.`;

export const VIRTUAL_PROSE = `The engine of the same build runs in one process on a clock that jumps to the next thing that happens, with a ledger in
memory that keeps the store's promises and forgets what has ended. Five services with their published pace (CaptchaAI,
2Captcha, Anti-Captcha, SolveCaptcha, CapMonster Cloud) are the sandbox's own, behind the engine's way out: answers take
40 to 200 ms, captchas 5 to 60 s, one of a hundred cannot be solved by whoever was asked. Every 20 minutes another
service is the one that stays well; the seed draws what the others meet, one after the other or all in the same minute.
All published rules are enforced, with bans of 10 minutes. The settings are the defaults but for \`maxAttempts\` (one for
each service), \`giveUpMs\` (60 s) and \`deadlineMs\` (330 s), so that four silent services leave time for the fifth.
_Second purchases_ are what was bought of a task beyond its first purchase, by what had become of the one before:
\`solved\` is a late answer that came after all. The heap is measured at rest, after the first fifth of the tasks and
after the last.`;
