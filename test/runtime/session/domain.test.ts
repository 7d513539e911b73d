import { together } from "../../../runtime/session/domain";
import { membersOf, MOST_MEMBERS, MOST_WITHOUT_USER } from "../../../runtime/session/members";
import { type Knower, knowerName, ownStartOf } from "../../../runtime/session/knower";
import { raise } from "../../../runtime/session/raise";
import { readSessions } from "../../../runtime/session/stored-sessions";
import { checkedAct } from "../../../runtime/audit/batch";
import { withLink } from "../../../runtime/session/common";
import { heldOf } from "../../../runtime/session/held";
import { heldKey, sessionKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict, type Write } from "../../../runtime/store/store";
import { codesOf, EPOCH, NOW, ofAlice, sessionOf, TIMES } from "../../support/exchange/sessions";

const names = (count: number) => Array.from({ length: count }, (_, index) => `agent-${index}`);

/** Sessions in a row, each linked with the next until then */
async function row(count: number, until = NOW + 60, knowerOf: (agent: string, index: number) => Knower = ofAlice) {
  const store = new MemoryStore(() => NOW);
  const agents = names(count);
  const knowers = agents.map(knowerOf);
  const named = knowers.map(knowerName);
  const links = named.slice(1).map((other, index) => ({ one: named[index] as string, other, until }));
  for (const knower of knowers) {
    const value = { ...sessionOf({ links }) };
    await store.write([{ kind: "put", key: sessionKey(EPOCH, knower), value, when: "absent" }]);
  }
  const state = { store, epoch: EPOCH };
  const read = async () => (await readSessions(state, knowers)).flatMap((each) => each ?? []);
  return { store, state, links, read, own: (await read())[0] as Awaited<ReturnType<typeof read>>[0] };
}

test("what one of a row reads, all of it know, in one transaction that DynamoDB takes", async () => {
  const { store, state, read, own } = await row(MOST_MEMBERS);
  const reads = jest.spyOn(store, "read");
  const writes = await raise(state, own as NonNullable<typeof own>, { mark: "confidential" }, TIMES, NOW);
  expect(reads).toHaveBeenCalledTimes(1);
  // A session, and what its agent holds
  expect(writes).toHaveLength(2 * MOST_MEMBERS);
  await store.write(writes);
  expect((await read()).map(({ session }) => session.mark)).toEqual(names(MOST_MEMBERS).map(() => "confidential"));
});

test("as much as 24 agents can hold fits into one transaction, whoever has handed on to whom", async () => {
  const long = (agent: string): Knower => ofAlice(agent.padEnd(57, "x"));
  const action = `${"t".repeat(63)}.${"a".repeat(63)}`;
  const done = Array.from({ length: 256 }, (_, index) => `${action.slice(0, -3)}${100 + index}`);
  const { store, state, read } = await row(MOST_MEMBERS, NOW + 60, long);
  const all = await read();
  const named = all.map(({ knower }) => knowerName(knower));
  const links = named
    .flatMap((one) => named.map((other) => ({ one, other, until: NOW + 60 })))
    .filter(({ one, other }) => one !== other)
    .reduce(withLink, []);
  await store.write(
    all.map(({ knower, session }): Write => {
      const value = { ...session, links, done };
      return { kind: "put", key: sessionKey(EPOCH, knower), value, when: "present" };
    }),
  );
  const [own] = await read();
  const writes = await raise(state, own as NonNullable<typeof own>, { mark: "confidential" }, TIMES, NOW);
  const event = { kind: "call.spent", time: NOW, facts: {} };
  expect(checkedAct({ writes, event }).keys).toHaveLength(2 * MOST_MEMBERS);
});

test("more than 24 are refused", async () => {
  const { state, own } = await row(MOST_MEMBERS + 1);
  const asked = raise(state, own as NonNullable<typeof own>, { mark: "confidential" }, TIMES, NOW);
  await expect(codesOf(asked)).resolves.toEqual(["delegation.too-wide"]);
});

test.each([
  ["24 of one transaction without a user", MOST_MEMBERS, 1, "given"],
  ["12 of several", MOST_WITHOUT_USER, 2, "given"],
  ["13 of several", MOST_WITHOUT_USER + 1, 2, "delegation.too-wide"],
] as const)("%s: %s", async (_, count, transactions, expected) => {
  const txn = (agent: string, index: number) => ({ agent, whose: `txn.${index % transactions}` });
  const { state, own } = await row(count, NOW + 60, txn);
  const asked = raise(state, own as NonNullable<typeof own>, { mark: "confidential" }, TIMES, NOW);
  await expect(expected === "given" ? asked.then(() => ["given"]) : codesOf(asked)).resolves.toEqual([expected]);
});

test("what is known already is neither read nor written of the others", async () => {
  const { store, state, own } = await row(3);
  const reads = jest.spyOn(store, "read");
  const writes = await raise(state, own as NonNullable<typeof own>, { mark: "public" }, undefined, NOW);
  expect(writes).toEqual([{ kind: "check", key: sessionKey(EPOCH, ofAlice("agent-0")), when: { version: 1 } }]);
  expect(reads).not.toHaveBeenCalled();
});

test("a link that is over tells nothing", async () => {
  const { links } = await row(3, NOW);
  expect(membersOf([ofAlice("agent-0")], links, NOW).size).toBe(1);
  expect(membersOf([ofAlice("agent-0")], links, NOW - 1).size).toBe(3);
});

test("a member without a session ends it", async () => {
  const { store, state, own } = await row(2);
  await store.write([{ kind: "delete", key: sessionKey(EPOCH, ofAlice("agent-1")), when: "present" }]);
  const stored = own as NonNullable<typeof own>;
  const asked = together(
    state,
    [{ ...stored, last: stored, next: { ...stored.session, tainted: true }, keep: undefined }],
    NOW,
  );
  await expect(codesOf(asked)).resolves.toEqual(["token.session-ended"]);
});

test("what an agent starts by itself while another session reads is told too: then everything is decided again", async () => {
  const { store, state, own } = await row(1);
  const alone = sessionKey(EPOCH, ownStartOf("agent-0"));
  const held = heldOf((await store.read([heldKey(EPOCH, "agent-0")]))[0]);
  const begins = { knower: ownStartOf("agent-0"), last: undefined, next: sessionOf(), keep: undefined, held };
  const writes = await raise(state, own as NonNullable<typeof own>, { mark: "confidential" }, TIMES, NOW);
  await store.write((await together(state, [begins], NOW)).writes);
  await expect(store.write(writes)).rejects.toThrow(StoreConflict);
  await store.write(await raise(state, own as NonNullable<typeof own>, { mark: "confidential" }, TIMES, NOW));
  expect((await store.read([alone]))[0]?.value).toMatchObject({ mark: "confidential" });
});
