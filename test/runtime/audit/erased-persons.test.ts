import fc from "fast-check";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { mac } from "../../../runtime/store/persons/mac";
import { KEY_SECONDS, PersonKeys } from "../../../runtime/store/persons/person-keys";
import { userDigest } from "../../../runtime/store/user-digest";
import { depth } from "../../support/depth";
import { integratorOf, LogInMemory } from "../../support/integration-world";

const PEOPLE = ["alice", "bob", "carol"].map((subject) => userDigest({ issuer: "https://login.example", subject }));
const REQUEST = `sha256:${"ab".repeat(32)}`;

type Move = readonly ["act" | "erase", replica: number, person: number] | readonly ["look" | "wait"];
const MOVES = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom("act" as const, "act" as const, "erase" as const), fc.nat(1), fc.nat(2)),
    fc.tuple(fc.constantFrom("look" as const, "wait" as const)),
  ),
  { minLength: 1, maxLength: 40 },
);

/** What a record names each person by: one name between two erasures, as a plain list of all that were */
interface Written {
  readonly person: number;
  readonly name: string;
}

test("after any acts and erasures the log verifies, and no remaining key yields an earlier name or digest", async () => {
  await fc.assert(
    fc.asyncProperty(MOVES, async (moves: readonly Move[]) => {
      let now = 0;
      const elapsed = (): number => now;
      const [store, keyStore, storage] = [new MemoryStore(() => 1_000), new MemoryStore(), new LogInMemory()];
      const replicas = await Promise.all(
        [0, 1].map(async (replica) => {
          const persons = await PersonKeys.open({ store: keyStore, elapsed });
          return { persons, ledger: new AuditLedger({ store, persons, writer: `w-${replica}`, clock: () => 1_000 }) };
        }),
      );
      const integrator = integratorOf(store, storage, elapsed);
      const erasedAt = new Map<number, number>();
      const acts: { readonly person: number; readonly at: number; readonly number: number }[] = [];
      for (const move of moves) {
        const [what, replica = 0, person = 0] = move;
        if (what === "wait") now += KEY_SECONDS * 1_000;
        else if (what === "look") await integrator.look();
        else {
          const { persons, ledger } = replicas[replica] as (typeof replicas)[number];
          const user = PEOPLE[person] as string;
          if (what === "erase") {
            await persons.erase({ user });
            erasedAt.set(person, now);
          } else {
            const facts = { user, digest: REQUEST, number: acts.length };
            await ledger.commit({ writes: [], event: { kind: "k", time: 1_000, facts } });
            acts.push({ person, at: now, number: facts.number });
          }
        }
      }
      now += KEY_SECONDS * 1_000;
      await integrator.look();
      if (acts.length === 0) return;
      // Verified: each tile and bundle up to the signed root
      const records = await storage.records();
      const names = acts.map(({ person, number }): Written => {
        const { facts } = records.find(({ facts: { number: its } }) => its === number) as (typeof records)[number];
        return { person, name: `${facts["user"]} ${facts["digest"]}` };
      });
      expect(records).toHaveLength(acts.length);
      // Two persons have no name, and no digest of the same request, in common.
      const owners = new Map<string, Set<number>>();
      for (const { person, name } of names) {
        for (const part of name.split(" ")) owners.set(part, (owners.get(part) ?? new Set()).add(person));
      }
      expect([...owners.values()].filter((persons) => persons.size > 1)).toEqual([]);
      // Of who was not erased, all records have one name, which the key still makes.
      const kept = await PersonKeys.open({ store: keyStore, elapsed });
      for (const { person, name } of names.filter((one) => !erasedAt.has(one.person)))
        expect(name.split(" ")[0]).toBe(await kept.pseudonymOf({ user: PEOPLE[person] as string }));
      // Of who was erased, and did nothing since, nothing that is left makes what stands in the log.
      const left = await PersonKeys.open({ store: keyStore, elapsed });
      for (const [person, at] of erasedAt) {
        if (acts.some((act) => act.person === person && act.at >= at)) continue;
        const user = PEOPLE[person] as string;
        expect(await left.pseudonymOf({ user })).toBeUndefined();
        const { pseudonym, secret } = await left.keyOf({ user });
        const again = [pseudonym, `hmac-sha256:${mac(secret, "argument", JSON.stringify(REQUEST))}`];
        for (const { name } of names.filter((one) => one.person === person)) {
          expect(name.split(" ").filter((part) => again.includes(part))).toEqual([]);
        }
      }
    }),
    { numRuns: depth(200) },
  );
});
