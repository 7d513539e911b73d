import { taintedFederation } from "../../domain";
import { type FleetSketch, sketched } from "../support/sketched-fleet";

const CASES = [
  ["reads untrusted output and is seen outside", "oidc", ["web"], ["board.post"], "outward action (board.post of"],
  ["reads untrusted data and pays", "oidc", ["mails:read"], ["bank.pay"], "high-impact action (bank.pay of"],
  ["reads untrusted output and pays", "roles-anywhere", ["web"], ["bank.pay"], "high-impact action (bank.pay of"],
  ["reads nothing untrusted and pays", "oidc", ["notes:read"], ["bank.pay"], undefined],
  ["reads untrusted data and only reads outside", "oidc", ["mails:read"], ["desk"], undefined],
  ["is brokered, so that the exchange sees what it reads", undefined, ["mails:read"], ["bank.pay"], undefined],
] as const;

test.each(CASES)("where an agent %s", (_name, credentials, first, second, found) => {
  const fleet: FleetSketch = {
    clerk: {
      ...(credentials !== undefined && { credentials }),
      tasks: { look: { startedBy: ["schedule"], has: first }, act: { startedBy: ["event"], has: second } },
    },
  };
  const [message] = sketched(fleet).agents.map((agent) => taintedFederation(agent, ["acme.example"]));
  if (found === undefined) expect(message).toBeUndefined();
  else expect(message).toContain(`credentials { federated: "${credentials}" } allow no ${found}`);
});
