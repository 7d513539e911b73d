import type { Clock } from "../clock";
import type { SecretReader } from "./secrets";

/**
 * Secrets Manager, loaded only where a secret is read
 *
 * @param endpoint another address of it, for emulators
 */
export async function secretsManager(clock: Clock, endpoint?: string): Promise<SecretReader> {
  const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const { Secrets, SECRETS_BOUNDS } = await import("./secrets");
  return new Secrets(
    (region) => new SecretsManagerClient({ ...SECRETS_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) }),
    clock,
  );
}
