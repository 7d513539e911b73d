import { generateKeyPairSync, sign } from "node:crypto";
import { type NoteKey, noteKey, noteKeyIn, vkeyOf } from "../../../../runtime/audit/tlog/note-key";
import { checkSigned, noteIn, noteText, type SignedNote } from "../../../../runtime/audit/tlog/signed-note";

/** The example of C2SP signed-note */
const EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE_NOTE =
  "This is an example message.\n\n\u2014 example.com/foo " +
  "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

const pair = generateKeyPairSync("ed25519");
const key = noteKey("log.example", pair.publicKey);
const stranger = noteKey("other.example", generateKeyPairSync("ed25519").publicKey);
const TEXT = "a\n\nb\n";

function signedBy({ name, id }: NoteKey, text = TEXT, over = text): SignedNote {
  return { text, signatures: [{ name, id, signature: sign(null, Buffer.from(over), pair.privateKey) }] };
}

test("the specification's example is signed by its key", () => {
  const example = noteKeyIn(EXAMPLE_KEY);
  const note = noteIn(Buffer.from(EXAMPLE_NOTE));
  checkSigned(note, example);
  expect(note.text).toBe("This is an example message.\n");
  expect([noteText(note), vkeyOf(example)]).toEqual([EXAMPLE_NOTE, EXAMPLE_KEY]);
  expect(() => checkSigned({ ...note, text: "This is another message.\n" }, example)).toThrow(
    "the signature of example.com/foo with key 530d903a is not of this note",
  );
});

test("a note is read back, and verified by the key as text", () => {
  const note = noteIn(Buffer.from(noteText(signedBy(key))));
  expect(note).toEqual(signedBy(key));
  checkSigned(note, noteKeyIn(vkeyOf(key)));
});

test("signatures of others are passed over", () => {
  const note = signedBy(key);
  const others = { name: stranger.name, id: stranger.id, signature: Buffer.from("of another kind") };
  checkSigned({ ...note, signatures: [others, ...note.signatures] }, key);
});

test("the same key has another id for cosignatures", () => {
  const witness = noteKey("log.example", pair.publicKey, "cosignature");
  expect(witness.id).not.toBe(key.id);
  expect(noteKeyIn(vkeyOf(witness)).kind).toBe("cosignature");
});

test.each<[string, SignedNote, string]>([
  ["no known key signed", signedBy(stranger), `the note must be signed by log.example with key ${key.id}`],
  [
    "the name is another",
    signedBy({ ...key, name: "fog.example" }),
    `the note must be signed by log.example with key ${key.id}`,
  ],
  [
    "the signature is of another text",
    signedBy(key, TEXT, "b\n"),
    `the signature of log.example with key ${key.id} is not of this note`,
  ],
  [
    "one of two signatures is false",
    { ...signedBy(key), signatures: [...signedBy(key).signatures, ...signedBy(key, TEXT, "b\n").signatures] },
    `the signature of log.example with key ${key.id} is not of this note`,
  ],
  [
    "the signature is cut",
    { ...signedBy(key), signatures: [{ ...key, signature: Buffer.alloc(63) }] },
    `the signature of log.example with key ${key.id} is not of this note`,
  ],
])("fails when %s", (_, note, message) => {
  expect(() => checkSigned(note, key)).toThrow(message);
});

test("fails when a key for cosignatures is to have signed a note", () => {
  const witness = noteKey("log.example", pair.publicKey, "cosignature");
  expect(() => checkSigned(signedBy(witness), witness)).toThrow("is not of this note");
});

const line = "\u2014 log.example AAAAAAAA\n";
test.each([
  ["has no signature", "text\n", "a note must be text, an empty line and signature lines"],
  ["ends without a newline", `text\n\n${line.trimEnd()}`, "a note must be text, an empty line and signature lines"],
  ["has trailing text", `text\n\n${line}more\n`, 'a signature line must be a dash, a name and base64, got "more"'],
  ["has a hyphen for the dash", `text\n\n- log.example AAAAAAAA\n`, "a signature line must be a dash"],
  ["has a signature of three parts", `text\n\n${line.trimEnd()} x\n`, "a signature line must be a dash"],
  [
    "has a plus in a name",
    "text\n\n\u2014 a+b AAAAAAAA\n",
    "a key's name must have no space, control character or plus",
  ],
  ["has a space of another kind in a name", "text\n\n\u2014 a\u00a0b AAAAAAAA\n", "a key's name must have no space"],
  ["has base64 without padding", "text\n\n\u2014 a AAAAAAA\n", 'a signature must be standard base64, got "AAAAAAA"'],
  ["has base64 for addresses", "text\n\n\u2014 a AAAAAA_-\n", 'a signature must be standard base64, got "AAAAAA_-"'],
  ["has base64 with loose bits", "text\n\n\u2014 a AAAAAAB=\n", "a signature must be standard base64"],
  ["has a signature without bytes", "text\n\n\u2014 a AAAAAA==\n", "a signature must have more than 4 bytes, got 4"],
  ["has 17 signatures", `text\n\n${line.repeat(17)}`, "a note must have at most 16 signatures, got 17"],
  ["has a control character", `te\u0007xt\n\n${line}`, "a note must have no control character but newlines"],
  ["has a carriage return", `text\r\n\n${line}`, "a note must have no control character but newlines"],
  ["is huge", `${"x".repeat(131_072)}\n\n${line}`, "a note must have at most 131072 bytes, got 131"],
])("fails when a note %s", (_, text, message) => {
  expect(() => noteIn(Buffer.from(text))).toThrow(message);
});

test("fails when a note is no UTF-8", () => {
  expect(() => noteIn(Buffer.from(`\u00e9\n\n${line}`, "latin1"))).toThrow("a note must be UTF-8");
});

const material = vkeyOf(key).slice(`log.example+${key.id}+`.length);
test.each([
  ["has two parts", "log.example+0a0b0c0d", 'a verifier key must be name+id+key, got "log.example+0a0b0c0d"'],
  ["has no name", `+${key.id}+${material}`, 'a key\'s name must have no space, control character or plus, got ""'],
  ["has another id", `log.example+00000000+${material}`, `the verifier key's id must be ${key.id}, got "00000000"`],
  ["has the id of another name", `fog.example+${key.id}+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`, "id must be "],
  ["has its id in capitals", EXAMPLE_KEY.replace("530d903a", "530D903A"), 'id must be 530d903a, got "530D903A"'],
  ["is cut", EXAMPLE_KEY.slice(0, -4), "the verifier key must be Ed25519 of 33 bytes with type 1 or 4, got 30 bytes"],
  ["is of an unknown type", EXAMPLE_KEY.replace("+Aek", "+Bek"), "the verifier key must be Ed25519 of 33 bytes"],
  ["is no base64", EXAMPLE_KEY.replace("3U2k", "3U2!"), "the verifier key must be standard base64"],
])("fails when a verifier key %s", (_, vkey, message) => {
  expect(() => noteKeyIn(vkey)).toThrow(message);
});

test("fails when a key is not Ed25519, or its name cannot stand in a note", () => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  expect(() => noteKey("log.example", publicKey)).toThrow("a note's key must be Ed25519, got ec");
  expect(() => noteKey("a log", pair.publicKey)).toThrow("a key's name must have no space, control character or plus");
});
