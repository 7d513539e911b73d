import * as fc from "fast-check";
import { HopsWorld, REPLACED } from "../../../support/exchange/hops-world";
import { depth } from "../../../support/depth";

const ACTIONS = ["find", "read", "update"];
const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
const hop = fc.record({
  wait: fc.integer({ min: 0, max: 15 }),
  scope: fc.uniqueArray(fc.constantFrom(...ACTIONS, "delete"), { minLength: 1 }),
  service: fc.constantFrom("ambit-system/sa/ambit-gateway", "billing/sa/billing"),
});

interface Said {
  readonly scope: string;
  readonly exp: number;
}

test("along any chain of replacements scope only shrinks, the end is never later, and nothing else changes", async () => {
  const hops = new HopsWorld();
  await fc.assert(
    fc.asyncProperty(json, json, fc.array(hop, { maxLength: 10 }), async (details, context, replacements) => {
      const sent = { request_details: JSON.stringify(details), request_context: JSON.stringify(context) };
      const first = await hops
        .ask(await hops.toolToken(await hops.handed()), { ...sent, scope: ACTIONS.join(" ") })
        .catch(() => undefined);
      fc.pre(first !== undefined);
      let token = first.access_token;
      let last: Said = { scope: first.scope, exp: hops.now + first.expires_in };
      const constant = fixed(token);
      for (const [index, { wait, scope, service }] of replacements.entries()) {
        hops.world.now += wait;
        const allowed = scope.every((name) => last.scope.split(" ").includes(name));
        const asked = hops.ask(
          token,
          { ...REPLACED, scope: scope.join(" ") },
          `spiffe://prod.acme.example/ns/${service}`,
        );
        const answer = await asked.catch(() => undefined);
        expect(answer !== undefined).toBe(allowed && hops.now < last.exp && index < 8);
        if (answer === undefined) return;
        token = answer.access_token;
        const claims = await hops.claimsOf(token);
        expect(claims.scope.split(" ").every((name) => last.scope.split(" ").includes(name))).toBe(true);
        expect(claims.exp).toBeLessThanOrEqual(last.exp);
        expect(claims.hops).toBe(index + 1);
        expect(fixed(token)).toBe(constant);
        last = claims;
      }
    }),
    { numRuns: depth(60) },
  );
});

/** The text of what no hop changes, to the byte */
function fixed(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString()) as Record<
    string,
    unknown
  >;
  return JSON.stringify(["iss", "aud", "txn", "sub", "sub_id", "act", "tctx", "rctx"].map((name) => claims[name]));
}
