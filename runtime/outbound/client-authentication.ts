import type { OutboundClient } from "../../domain";
import type { SecretReader } from "./secrets";
import { type Assertions, CLIENT_ASSERTION_TYPE } from "./signed";

const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** What a request is sent with, so that the server knows who asks */
export interface ClientProof {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** Says who the exchange is to a tool's authorization server: by a secret, or by the key that signs its tokens. */
export class ClientAuthentication {
  constructor(
    private readonly secrets: SecretReader,
    private readonly assertions: Assertions,
  ) {}

  /**
   * @param audience the server, as an assertion names it
   * @throws OutboundFailure, Refusal `signer.unavailable`
   */
  public async of(client: OutboundClient, audience: string, signal: AbortSignal): Promise<ClientProof> {
    const { id } = client;
    if ("secret" in client) {
      const { text } = await this.secrets.read(client.secret, signal);
      const pair = Buffer.from(`${encoded(id)}:${encoded(text)}`).toString("base64");
      return { headers: { authorization: `Basic ${pair}` }, form: {} };
    }
    const assertion = await this.assertions.sign(CLIENT_ASSERTION_TYPE, { iss: id, sub: id, aud: audience });
    return { headers: {}, form: { client_assertion_type: JWT_BEARER, client_assertion: assertion } };
  }
}

/** RFC 6749 section 2.3.1 and appendix B */
function encoded(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}
