import type { Resources } from "../../platform/hardened";

const MEBIBYTE = 1024 * 1024;
/** What OPA takes without data (measured with OPA 1.22.2: 48 MiB), and room */
const BASE = 128;
/** Bytes of memory per byte of the policy, while a new bundle replaces one (measured with 10,000 agents: 28) */
const PER_BYTE = 40;
/** In steps, so that one agent more seldom starts OPA anew */
const STEP = 64;

/** The size of OPA for a policy of so many bytes. */
export function opaSize(policyBytes: number): Resources {
  const mebibytes = BASE + STEP * Math.ceil((policyBytes * PER_BYTE) / (STEP * MEBIBYTE));
  return { cpu: "1", memory: `${mebibytes}Mi` };
}
