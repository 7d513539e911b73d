import type { Clock } from "../clock";
import type { SecretReader } from "./secrets";
import { secretsManager } from "./secrets-manager";

const NO_SECRETS: SecretReader = { read: (arn) => Promise.reject(new Error(`${arn} is named nowhere`)) };

/**
 * Reads secrets of Secrets Manager, whose client is loaded only where a secret is named.
 *
 * @param arns of all secrets that are named
 * @param endpoint another address of Secrets Manager, for emulators
 */
export async function secretReader(
  arns: readonly string[],
  endpoint: string | undefined,
  clock: Clock,
): Promise<SecretReader> {
  return arns.length === 0 ? NO_SECRETS : secretsManager(clock, endpoint);
}
