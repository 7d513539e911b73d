import { Denial } from "../denial";
import { type HeaderList, single } from "../request/headers";

/**
 * What SDKs send and a provider must know; `anthropic-version` says how the body is read. Keys, organisations and projects are the
 * tool's own, and what an SDK says of itself is of no use there.
 */
const PASSED = ["anthropic-beta", "anthropic-version"] as const;

/** Of Anthropic's API: another one may read the same body otherwise */
const KNOWN_VERSIONS: ReadonlySet<string> = new Set(["2023-06-01", "2026-10-21"]);

/** Betas of Anthropic that change only how the model answers */
const HARMLESS_BETAS: ReadonlySet<string> = new Set([
  "context-1m-2025-08-07",
  "effort-2025-11-24",
  "extended-cache-ttl-2025-04-11",
  "fine-grained-tool-streaming-2025-05-14",
  "interleaved-thinking-2025-05-14",
  "output-128k-2025-02-19",
  "prompt-caching-2024-07-31",
  "structured-outputs-2025-11-13",
  "token-efficient-tools-2025-02-19",
]);

/** @throws Denial `call.header` for an unknown version, or a beta that is not known to be harmless */
export function checkModelHeaders(headers: HeaderList): void {
  const version = single(headers, "anthropic-version");
  if (version !== undefined && !KNOWN_VERSIONS.has(version)) {
    const known = [...KNOWN_VERSIONS].join(" or ");
    throw Denial.of("call.header", `the header anthropic-version must be ${known}, got ${JSON.stringify(version)}`);
  }
  const betas = (single(headers, "anthropic-beta") ?? "").split(",").map((beta) => beta.trim());
  const other = betas.find((beta) => beta !== "" && !HARMLESS_BETAS.has(beta));
  if (other !== undefined) {
    const what = `the header anthropic-beta names ${JSON.stringify(other)}, which may act at the provider`;
    throw Denial.of("call.header", what);
  }
}

/** Names of headers that reach a model beside those that reach every tool */
export const MODEL_HEADERS: readonly string[] = PASSED;
