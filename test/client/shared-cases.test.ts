import { AmbitClient, AmbitError, AmbitRefused, type AmbitUnavailable, type Run } from "../../client/typescript/index";
import addresses from "../cases/client/addresses.json";
import runs from "../cases/client/runs.json";
import { type RawAnswer, RawCompanion } from "../support/raw-companion";

/** What both clients do alike: that of Python reads the same tables. */
interface Case {
  readonly name: string;
  readonly start?: "agent";
  readonly timeoutMilliseconds?: number;
  readonly asks: readonly (readonly [string, string?, (readonly string[])?])[];
  readonly answers: readonly RawAnswer[];
  /** One for each that is asked */
  readonly gives: readonly unknown[];
  /** Requests that the companion gets; left out where only the outcome counts */
  readonly asked?: readonly unknown[];
}

const CASES = runs as unknown as readonly Case[];

const seconds = (date: Date): string => date.toISOString().replace(".000Z", "Z");

async function given(
  client: AmbitClient,
  run: Run,
  [what, name = "", actions]: Case["asks"][number],
): Promise<unknown> {
  switch (what) {
    case "names":
      return run.names === undefined ? null : { ...run.names, expiresAt: seconds(run.names.expiresAt) };
    case "token":
    case "delegate": {
      const options = actions === undefined ? {} : { actions };
      const token = await (what === "token" ? run.token(name, options) : run.delegate(name as `${string}.${string}`));
      return { ...token, expiresAt: seconds(token.expiresAt), actions: token.actions ?? null };
    }
    case "tool":
      return run.toolUrl(name);
    case "aws":
    case "task-aws": {
      const credentials = await (what === "aws" ? run.awsCredentials() : client.awsCredentials(name))();
      return { ...credentials, expiration: seconds(credentials.expiration) };
    }
    case "end":
      return (await run.end()) ?? null;
    default:
      throw new Error(`no such thing to ask for: ${what}`);
  }
}

function told(error: unknown): unknown {
  if (!(error instanceof AmbitError)) throw error;
  const reasons = error.reasons.map(({ code, what, fix }) => [code, what, fix]);
  const { name, message } = error;
  if (error instanceof AmbitRefused) {
    const { status, error: oauth, retryAfterSeconds = null } = error;
    return { error: name, message, status, oauth, reasons, retryAfterSeconds };
  }
  const { retryAfterSeconds = null } = error as AmbitUnavailable;
  return { error: name, message, reasons, retryAfterSeconds };
}

test("the table has more refusals than successes, and no case twice", () => {
  const failing = CASES.filter(({ name }) => name.startsWith("fails"));
  expect(failing.length).toBeGreaterThan(CASES.length / 2);
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
});

test.each(CASES.map((each) => [each.name, each] as const))("%s", async (_, each) => {
  const companion = await new RawCompanion(each.answers).start();
  try {
    const { url } = companion;
    const limit = each.timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds: each.timeoutMilliseconds };
    const client = new AmbitClient({ url, ...limit });
    const run = client.run("answer", each.start ? { start: each.start } : { start: "user", evidence: "proof" });
    const got: unknown[] = [];
    for (const ask of each.asks) got.push(await given(client, run, ask).catch(told));
    expect(got).toEqual(JSON.parse(JSON.stringify(each.gives).replaceAll("{url}", url)));
    if (each.asked !== undefined) expect(companion.asked).toEqual(each.asked);
  } finally {
    await companion.stop();
  }
});

test.each(addresses.taken)("the address %s is that of a companion at %s", async (address, origin) => {
  const client = new AmbitClient({ url: address as string, timeoutMilliseconds: 1 });
  const failed = client.run("answer", { start: "agent" }).token("zendesk");
  await expect(failed).rejects.toThrow(`the companion at ${origin} did not answer`);
});

test.each(addresses.refused)("fails where the address is %j, which evidence must not go to", (address) => {
  expect(() => new AmbitClient({ url: address })).toThrow(
    `url must be the companion's address, http on the loopback without a path, got "${address}": write one such as http://127.0.0.1:7464`,
  );
});
