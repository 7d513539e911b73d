import { createECDH, randomBytes } from "node:crypto";
import { GetPublicKeyCommand, type KMSClient, SignCommand, type SignCommandInput } from "@aws-sdk/client-kms";
import { integer, sequence } from "../../cli/dev/der";
import { keyPair } from "../../cli/dev/development-authority";

export const KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Order of the curve P-256 (FIPS 186-5, SEC 2) */
const ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/** KMS with one key: it signs a digest and answers in DER, as KMS does. */
export class FakeKms {
  public readonly asked: (string | undefined)[] = [];
  public readonly signed: SignCommandInput[] = [];
  /** Changes what KMS says of the key */
  public key: Readonly<Record<string, unknown>> = {};
  /** Answers instead of a true signature */
  public answer: (() => unknown) | undefined;
  private readonly pair = keyPair();
  private readonly secret = number(
    Buffer.from(this.pair.privateKey.export({ format: "jwk" }).d as string, "base64url"),
  );

  public get client(): Pick<KMSClient, "send"> {
    return { send: async (command: unknown) => this.send(command) } as unknown as Pick<KMSClient, "send">;
  }

  private send(command: unknown): unknown {
    if (command instanceof GetPublicKeyCommand) {
      this.asked.push(command.input.KeyId);
      const spki = this.pair.publicKey.export({ type: "spki", format: "der" });
      return { KeyId: KEY_ARN, KeyUsage: "SIGN_VERIFY", PublicKey: new Uint8Array(spki), ...this.key };
    }
    if (!(command instanceof SignCommand)) throw new Error("KMS is asked for nothing else");
    this.signed.push(command.input);
    return { Signature: this.answer === undefined ? this.signature(command.input) : this.answer() };
  }

  /** Node signs no digest that was made elsewhere, so this is ECDSA by hand (FIPS 186-5, section 6.4.1). */
  private signature({ Message, MessageType, SigningAlgorithm }: SignCommandInput): Uint8Array {
    if (MessageType !== "DIGEST" || SigningAlgorithm !== "ECDSA_SHA_256" || Message?.length !== 32) {
      throw Object.assign(new Error("Digest is invalid length for algorithm."), { name: "ValidationException" });
    }
    const once = (number(randomBytes(32)) % (ORDER - 1n)) + 1n;
    const point = createECDH("prime256v1");
    point.setPrivateKey(Buffer.from(once.toString(16).padStart(64, "0"), "hex"));
    const r = number(point.getPublicKey().subarray(1, 33)) % ORDER;
    const s = (power(once, ORDER - 2n) * (number(Message) + r * this.secret)) % ORDER;
    return der(r, s);
  }
}

/** A sequence of two integers, as short as they can be written */
export function der(...integers: readonly bigint[]): Uint8Array {
  return sequence(
    ...integers.map((value) => {
      const hex = value.toString(16);
      return integer(Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex"));
    }),
  );
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** base to the power, modulo the order */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base; exponent > 0n; exponent >>= 1n, square = (square * square) % ORDER) {
    if ((exponent & 1n) === 1n) result = (result * square) % ORDER;
  }
  return result;
}
