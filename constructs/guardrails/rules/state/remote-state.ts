import { digestOf } from "../../finding";
import type { BlockRule } from "../../rule";

/** The data source of Terraform and of OpenTofu. Its configuration may hold keys, so findings tell its digest. */
export const remoteState: BlockRule = {
  id: "AMBIT-STATE-REMOTE",
  severity: "medium",
  what: "a stack must not read the state of another",
  why: "who reads one output may read the whole state, with each secret in it, and who writes that state decides what this stack deploys",
  fix: "read the resource itself by its data source, or a parameter that the other stack writes",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI5", "sp800-53/AC-6"],
  looksAt: ["data.terraform_remote_state"],
  *check({ body }) {
    const { backend = null } = body;
    yield {
      what: typeof backend === "string" ? backend : "backend",
      at: "backend",
      evidence: [backend, digestOf(body)],
    };
  },
};
