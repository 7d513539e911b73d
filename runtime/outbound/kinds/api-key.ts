import type { ApiKey } from "../../../domain";
import { type Credential, headerValue, type OutboundCredential, type TokenFacts } from "../credential";
import { memberOf, type SecretReader } from "../secrets";

/** A key from Secrets Manager, which is read again after 5 min */
export class ApiKeyCredential implements OutboundCredential {
  constructor(
    private readonly identity: ApiKey,
    private readonly secrets: SecretReader,
  ) {}

  public async headersFor(_: TokenFacts, signal: AbortSignal): Promise<Credential> {
    const { secret: arn, member, header, prefix = "" } = this.identity;
    const secret = await this.secrets.read(arn, signal);
    const key = headerValue(memberOf(secret, arn, member), `the key in ${arn}`);
    return { headers: { [header.toLowerCase()]: `${prefix}${key}` }, expiresAt: secret.expiresAt };
  }
}
