import { deepStrictEqual as equal, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import type { Answer } from "./ask-companion";
import { USERS_DOMAIN } from "./aws/control-pods";
import type { UserEvidence } from "./aws/login";
import { codesOf } from "./codes-of";
import type { Control } from "./control-checks";
import { saysOf } from "./network-checks";
import type { OneNode } from "./one-node";
import { STRANGERS } from "./spire-checks";
import { HOSTS } from "./tools/hosts";
import { askAsUser, type UserGets } from "./user";

const READY_SECONDS = 240;
export const HOST = `support-triage.${USERS_DOMAIN}`;
/** The companion's listener for the gateway, and the port of the agent's own code */
const PORTS = { inbound: 7465, code: 8080 };
/** Of the token that starts the agent's task for a user, as the client that its declaration lists shows it */
export const EVIDENCE: UserEvidence = { scope: "ambit:support-triage:answer", client: "support-desk" };
const OTHER_ID = "spiffe://prod.acme.example/ns/finance/sa/refund-clerk";

/** Requests that reach no agent: what is shown, and how they are refused */
const REFUSED: readonly (readonly [what: string, shown: UserEvidence | undefined, status: number, code: string])[] = [
  ["no token", undefined, 401, "way.evidence"],
  ["another agent's token", { ...EVIDENCE, agentId: OTHER_ID }, 403, "evidence.other-agent"],
  ["a token of a client that is not listed", { ...EVIDENCE, client: "another-desk" }, 403, "evidence.other-agent"],
  ["a token of no task", { ...EVIDENCE, scope: "profile" }, 403, "way.task"],
];

/** Where users ask, and where the agent's pod is that answers */
export interface UsersPlace {
  readonly gateway: readonly [address: string, port: number];
  readonly pod: string;
}

export function usersPlace(
  suite: Suite,
  node: Check<OneNode>,
  gateway: Check,
  serving: Check<string>,
): Check<UsersPlace> {
  return suite.check(
    "users: an agent that serves has a pod, and the gateway an address for users",
    [node, serving, gateway],
    async ([on, name]) => {
      const client = on.client("administrator");
      const users = { name: "ambit-gateway-users", namespace: "ambit-system" };
      const { spec } = await client.get({ apiVersion: "v1", kind: "Service", metadata: users });
      const pods = await client.list("v1", "Pod", "support");
      const { status } = pods.find(({ metadata }) => metadata.name === name) as KubeObject;
      return {
        gateway: [(spec as { readonly clusterIP: string }).clusterIP, 443] as const,
        pod: (status as { readonly podIP: string }).podIP,
      };
    },
  );
}

/** A user's request, by the gateway's listener for users, to an agent that serves in its pod */
export function userChecks(
  suite: Suite,
  node: Check<OneNode>,
  { front, applied, gateway }: Control,
  serving: Check<string>,
): Check {
  const place = usersPlace(suite, node, gateway, serving);

  const answered = suite.check(
    "users: a request reaches the agent, which reads the user's ticket by the handle, and its answer comes back",
    [node, front, applied, place],
    async ([on, { login, tools }, authority, { gateway: at }], note) => {
      let got: UserGets = { status: 0, text: "", run: null };
      const asked = { authority, host: HOST, path: "/chat", body: { ticket: 7 } };
      const arrived = await tools.during(async () => {
        // Of a pod with an SVID of a moment ago the name service may not know yet, nor a gateway's Envoy have its own.
        const seconds = await until(
          async () => {
            got = await askAsUser(on, at, { ...asked, evidence: login.token(EVIDENCE) });
            return got.status !== 503 && !(got.status === 200 && (JSON.parse(got.text) as Passed).status === 503);
          },
          READY_SECONDS,
          () => JSON.stringify(got),
        );
        note(`answered ${seconds.toFixed(1)} s later`);
      });
      equal(got.status, 200, got.text);
      const { status, text, headers } = JSON.parse(got.text) as Passed;
      equal([status, JSON.parse(text)], [200, { ticket: { id: "7", subject: "No parcel" } }]);
      equal(
        arrived.map(({ host, path, headers: { authorization } }) => [host, path, login.gave(authorization)]),
        [[HOSTS.zendesk, "/api/v2/tickets/7", "alice support-triage tickets"]],
      );
      ok(got.run !== null && !("authorization" in headers), "the agent has the evidence, or the user no reference");
    },
  );

  suite.check(
    "users: what proves nothing for this agent is refused, and nothing reaches it",
    [node, front, applied, place, answered],
    async ([on, { login, tools }, authority, { gateway: at }]) => {
      const arrived = await tools.during(async () => {
        for (const [what, evidence, status, code] of REFUSED) {
          const shown = evidence === undefined ? {} : { evidence: login.token(evidence) };
          const got = await askAsUser(on, at, { authority, host: HOST, path: "/chat", body: { ticket: 7 }, ...shown });
          equal([got.status, codesOf(JSON.parse(got.text) as Answer)], [status, [code]], `${what}: ${got.text}`);
        }
      });
      equal(arrived, []);
    },
  );

  suite.check(
    "users: past the gateway there is no way to the agent, from a pod nor from the node",
    [node, front, place, answered],
    async ([on, { login }, { pod }]) => {
      const urls = Object.values(PORTS).map((port) => `http://${pod}:${port}/chat`);
      await saysOf(on, STRANGERS, "stranger", urls, ["ECONNREFUSED", "ECONNREFUSED"]);
      const evidence = login.token(EVIDENCE);
      const asked = { authority: "", host: HOST, path: "/chat", body: { ticket: 7 }, verifies: false, evidence };
      // Packets of the node pass, as its probes must: there it is the SVID that lacks.
      const got = await Promise.all(Object.values(PORTS).map((port) => askAsUser(on, [pod, port], asked)));
      equal(
        got.map(({ status, text }) => [status, text]),
        [
          [0, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"],
          [0, "ECONNREFUSED"],
        ],
      );
    },
  );

  suite.check(
    "users: of a tool whose certificate is for another name the agent gets nothing, nor the tool of it",
    [node, front, applied, place, answered],
    async ([on, { login, tools }, authority, { gateway: at }]) => {
      const arrived = await tools.during(async () => {
        const evidence = login.token(EVIDENCE);
        const got = await askAsUser(on, at, { authority, host: HOST, path: "/threads/ask", evidence });
        const { status, text } = JSON.parse(got.text) as Passed;
        equal([status, codesOf(JSON.parse(text) as Answer)], [503, ["gateway.tool-unreachable"]], text);
      });
      equal(arrived, []);
      ok(login.gaveAny("ambit-exchange messages"), "the call did not get as far as its credential");
    },
  );
  return answered as Check;
}

interface Passed {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}
