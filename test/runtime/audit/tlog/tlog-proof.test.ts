import { generateKeyPairSync, sign } from "node:crypto";
import { checkpointText } from "../../../../runtime/audit/tlog/checkpoint";
import { cosignature, cosignedText } from "../../../../runtime/audit/tlog/cosignature";
import { noteKey } from "../../../../runtime/audit/tlog/note-key";
import { noteText } from "../../../../runtime/audit/tlog/signed-note";
import { checkProof, proofIn, proofText, type TlogProof } from "../../../../runtime/audit/tlog/tlog-proof";
import { TreeHashes } from "../../../../runtime/audit/tlog/tree-hashes";
import { numberedEntries, TilesInMemory } from "../../../support/log-in-memory";

const pair = generateKeyPairSync("ed25519");
const key = noteKey("log.example", pair.publicKey);
const witness = noteKey("witness.example", pair.publicKey, "cosignature");
const SIZE = 66_000;
const INDEX = 41_234;
const entries = numberedEntries(SIZE);
const entry = entries[INDEX] as Buffer;

let proof: TlogProof;
beforeAll(async () => {
  const log = new TilesInMemory();
  log.append(entries);
  const text = checkpointText({ origin: key.name, size: SIZE, root: log.edge.root });
  const by = (what: string): Buffer => sign(null, Buffer.from(what), pair.privateKey);
  const signatures = [
    { ...key, signature: by(text) },
    { ...witness, signature: cosignature(1_700, by(cosignedText(text, 1_700))) },
  ];
  const hashes = await new TreeHashes(SIZE, log.readTile).inclusionProof(INDEX);
  proof = { index: INDEX, hashes, checkpoint: Buffer.from(noteText({ text, signatures })) };
});

test("one entry of many is proven offline by a text of at most 2 KB", () => {
  const text = proofText(proof);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_048);
  expect(proofIn(text)).toEqual(proof);
  expect(checkProof(entry, proofIn(text), { key, witnesses: [witness] })).toMatchObject({ size: SIZE });
});

test("extra data is passed over", () => {
  const text = proofText(proof).replace("\nindex", "\nextra AAAA\nindex");
  expect(checkProof(entry, proofIn(text), { key }).size).toBe(SIZE);
});

test.each<[string, () => unknown, string]>([
  [
    "the entry is another",
    () => checkProof(entries[0] as Buffer, proof, { key }),
    "does not lead to the root of 66000",
  ],
  ["the place is another", () => checkProof(entry, { ...proof, index: 3 }, { key }), "the inclusion proof "],
  [
    "the place is beyond the log",
    () => checkProof(entry, { ...proof, index: SIZE }, { key }),
    "the proof is of entry 66000, the checkpoint has 66000",
  ],
  [
    "the origin is another",
    () => checkProof(entry, proof, { key, origin: "other.example" }),
    'the checkpoint must be of other.example, got "log.example"',
  ],
  [
    "a witness did not cosign",
    () => checkProof(entry, proof, { key, witnesses: [witness, { ...witness, name: "second.example" }] }),
    "the checkpoint must be cosigned by second.example",
  ],
])("fails when %s", (_, check, message) => {
  expect(check).toThrow(message);
});

const hash = Buffer.alloc(32).toString("base64");
const head = "c2sp.org/tlog-proof@v1\nindex 3\n";
test.each([
  ["has no checkpoint", head, "a proof must end with an empty line and a checkpoint"],
  [
    "is of another version",
    `c2sp.org/tlog-proof@v2\nindex 3\n\nx`,
    "a proof must begin with c2sp.org/tlog-proof@v1, got",
  ],
  ["has no index", `c2sp.org/tlog-proof@v1\n${hash}\n\nx`, "a proof must say index and a whole number, got"],
  ["has a zero before its index", head.replace("3", "03") + "\nx", 'a whole number, got "index 03"'],
  ["has an index beyond what is exact", head.replace("3", "9007199254740993") + "\nx", "a whole number, got"],
  ["has a hash of 31 bytes", `${head}${Buffer.alloc(31).toString("base64")}\n\nx`, "must have 32 bytes, got 31"],
  ["has a hash that is no base64", `${head}${hash}x\n\nx`, "a proof's hash must be standard base64"],
  ["has 64 hashes", `${head}${`${hash}\n`.repeat(64)}\nx`, "a proof must have at most 63 hashes, got 64"],
  ["has extra data that is no base64", head.replace("index", "extra ?\nindex") + "\nx", "extra data must be standard"],
])("fails when a proof %s", (_, text, message) => {
  expect(() => proofIn(text)).toThrow(message);
});
