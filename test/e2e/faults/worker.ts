/**
 * The agent's own code at work, beside its companion: two clients look orders up, in runs of their own, and ask for what their task does not
 * have; one pays back what a person is to approve, asks for the same until it passes and then once more, and asks for what no person approves.
 * Each request with its answer is a line of a file, until another file is there.
 */
export const WORKER = `
const { appendFileSync, existsSync, readFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const { first, amount, mostRefunds, evidence, headers, out, until } = JSON.parse(readFileSync(process.argv[1], "utf8"));
const LONGEST = 30_000;
const PAUSE = 150;
const CALLS_OF_A_RUN = 4;
const ATTEMPTS = 40;
let next = first;
const isOver = () => existsSync(until);

async function ask(kind, order, run, path, body, more) {
  const from = Date.now();
  const [status, text] = await fetch("http://127.0.0.1:7464" + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...more },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(LONGEST),
  }).then(
    async (answer) => [answer.status, await answer.text()],
    (error) => [0, String(error.cause ?? error)],
  );
  const begun = kind === "begin" && status === 201 ? JSON.parse(text).run : run;
  appendFileSync(out, JSON.stringify({ kind, order, run: begun, from, to: Date.now(), status, text }) + "\\n");
  return { status, text, run: begun };
}

async function begin(task) {
  const shown = evidence[task].at(-1);
  if (shown === undefined) throw new Error("there is no evidence left for " + task);
  const { status, run } = await ask("begin", "", "", "/v1/runs", { task, start: "user", evidence: shown });
  if (status !== 201) return undefined;
  evidence[task].pop();
  return run;
}

function call(kind, order, run, name, given) {
  const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: { order, ...given } } };
  return ask(kind, order, run, "/v1/runs/" + run + "/tools/payments", body, headers);
}

async function looks() {
  while (!isOver()) {
    const run = await begin("look");
    for (let calls = 0; run !== undefined && calls < CALLS_OF_A_RUN && !isOver(); calls += 1) {
      await call("find", "AC-" + next++, run, "find_order", {});
      await sleep(PAUSE);
    }
    if (run !== undefined) await call("forbidden", "DN-" + next++, run, "create_refund", { amount });
    await sleep(PAUSE);
  }
}

async function pays() {
  let refunds = 0;
  while (!isOver()) {
    const run = await begin("payout");
    if (run !== undefined) {
      await call("unapproved", "AP-1", run, "create_refund", { amount });
      const order = "RF-" + next++;
      let passed = false;
      for (let attempts = 0; refunds < mostRefunds && attempts < ATTEMPTS && !passed && !isOver(); attempts += 1) {
        const { status, text } = await call("refund", order, run, "create_refund", { amount });
        passed = status === 200 && text.includes('"result"');
        await sleep(PAUSE);
      }
      if (passed) {
        refunds += 1;
        await call("refund", order, run, "create_refund", { amount });
      }
    }
    await sleep(PAUSE);
  }
}

Promise.all([looks(), looks(), pays()]).then(() => console.log("over"));
`;
