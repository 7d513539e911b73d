import { generateKeyPairSync, sign } from "node:crypto";
import { checkpointText } from "../../../../runtime/audit/tlog/checkpoint";
import { cosignature, cosignedAt, cosignedText } from "../../../../runtime/audit/tlog/cosignature";
import { noteKey } from "../../../../runtime/audit/tlog/note-key";
import type { SignedNote } from "../../../../runtime/audit/tlog/signed-note";

const pair = generateKeyPairSync("ed25519");
const witness = noteKey("witness.example", pair.publicKey, "cosignature");
const TEXT = checkpointText({ origin: "log.example", size: 5, root: Buffer.alloc(32) });

function cosigned(...times: readonly (number | bigint)[]): SignedNote {
  return { text: TEXT, signatures: times.map((time) => ({ ...witness, signature: signatureAt(time) })) };
}
function signatureAt(time: number | bigint, over = cosignedText(TEXT, time)): Buffer {
  return cosignature(time, sign(null, Buffer.from(over), pair.privateKey));
}
const withBytes = (signature: Buffer): SignedNote => ({ text: TEXT, signatures: [{ ...witness, signature }] });

test("a witness signs the time and the whole text", () => {
  expect(cosignedText(TEXT, 1_700)).toBe(`cosignature/v1\ntime 1700\nlog.example\n5\n${"A".repeat(43)}=\n`);
  expect(cosignedAt(cosigned(1_700), witness)).toBe(1_700);
});

test("of several cosignatures the latest counts", () => {
  expect(cosignedAt(cosigned(1_700, 1_900, 1_800), witness)).toBe(1_900);
});

const FALSE = `the cosignature of witness.example with key ${witness.id} is not of this checkpoint`;
test.each<[string, SignedNote, string]>([
  [
    "the witness did not sign",
    { text: TEXT, signatures: [] },
    `the checkpoint must be cosigned by witness.example with key ${witness.id}`,
  ],
  ["it is of another checkpoint", { ...cosigned(1_700), text: TEXT.replace("5", "6") }, FALSE],
  ["its time was changed", withBytes(cosignature(1_701, signatureAt(1_700).subarray(8))), FALSE],
  ["it is a signature of the text without a time", withBytes(signatureAt(1_700, TEXT)), FALSE],
  ["it is cut", withBytes(signatureAt(1_700).subarray(0, 71)), FALSE],
  ["it is longer", withBytes(Buffer.concat([signatureAt(1_700), Buffer.of(0)])), FALSE],
  ["its time is beyond 2^63", withBytes(signatureAt(2n ** 63n)), FALSE],
  [
    "one of two is false",
    { text: TEXT, signatures: [...cosigned(1_700).signatures, ...withBytes(signatureAt(9, "other")).signatures] },
    FALSE,
  ],
])("fails when %s", (_, note, message) => {
  expect(() => cosignedAt(note, witness)).toThrow(message);
});

test("fails when a key of another kind is asked for", () => {
  const log = noteKey("witness.example", pair.publicKey);
  expect(() => cosignedAt({ text: TEXT, signatures: [{ ...log, signature: signatureAt(1) }] }, log)).toThrow(
    "is not of this checkpoint",
  );
});
