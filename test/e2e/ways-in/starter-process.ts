import dns from "node:dns";

// The listener's names are known to no resolver of this machine.
const { STARTER_HOST: host = "", STARTER_MESSAGES: messages = "[]" } = process.env;
(dns as { lookup: unknown }).lookup = (...given: readonly unknown[]) => {
  const options = given[1] as { readonly all?: boolean };
  const done = given.at(-1) as (error: null, address: unknown, family?: number) => void;
  if (options.all === true) done(null, [{ address: host, family: 4 }]);
  else done(null, host, 4);
};

/** The starter's own program, with one message after the other */
async function main(): Promise<void> {
  const { handler } = await import("../../../runtime/starters/main");
  for (const body of JSON.parse(messages) as readonly unknown[]) {
    const attributes = { ApproximateReceiveCount: "1", SentTimestamp: `${Date.now()}` };
    const Records = [{ messageId: crypto.randomUUID(), body: JSON.stringify(body), attributes }];
    process.stdout.write(`${JSON.stringify({ event: "handled", ...(await handler({ Records })) })}\n`);
  }
}

void main();
