import { generateKeyPairSync, sign } from "node:crypto";
import { checkpointIn, checkpointText, verifiedCheckpoint } from "../../../../runtime/audit/tlog/checkpoint";
import { noteKey } from "../../../../runtime/audit/tlog/note-key";
import { noteText } from "../../../../runtime/audit/tlog/signed-note";

const pair = generateKeyPairSync("ed25519");
const key = noteKey("log.example/audit", pair.publicKey);
const root = Buffer.alloc(32, 7);
const base64 = root.toString("base64");
const TEXT = `log.example/audit\n70000\n${base64}\n`;

function signed(text: string): Buffer {
  const signature = sign(null, Buffer.from(text), pair.privateKey);
  return Buffer.from(noteText({ text, signatures: [{ ...key, signature }] }));
}

test("a checkpoint is three lines", () => {
  const checkpoint = { origin: "log.example/audit", size: 70_000, root };
  expect(checkpointText(checkpoint)).toBe(TEXT);
  expect(checkpointIn(TEXT)).toEqual(checkpoint);
  expect(verifiedCheckpoint(signed(TEXT), key).checkpoint).toEqual(checkpoint);
});

test("further lines are passed over", () => {
  expect(checkpointIn(`${TEXT}more\n`).size).toBe(70_000);
});

test.each([
  ["has no origin", `\n1\n${base64}\n`, "a checkpoint must have three lines or more, none of them empty"],
  ["has no root", "log.example/audit\n1\n", "a checkpoint must have three lines or more, none of them empty"],
  ["has an empty line", `${TEXT}\nmore\n`, "a checkpoint must have three lines or more, none of them empty"],
  ["has no newline at its end", TEXT.trimEnd(), "a checkpoint must have three lines or more, none of them empty"],
  ["has a zero before its size", `o\n01\n${base64}\n`, 'a checkpoint\'s size must be a whole number, got "01"'],
  ["has a sign before its size", `o\n+1\n${base64}\n`, 'a checkpoint\'s size must be a whole number, got "+1"'],
  ["has a size beyond what is exact", `o\n9007199254740993\n${base64}\n`, "a checkpoint's size must be a whole number"],
  ["has a root of 31 bytes", `o\n1\n${Buffer.alloc(31).toString("base64")}\n`, "root must have 32 bytes, got 31"],
  ["has a root that is no base64", `o\n1\n${base64.slice(1)}\n`, "a checkpoint's root must be standard base64"],
])("fails when a checkpoint %s", (_, text, message) => {
  expect(() => checkpointIn(text)).toThrow(message);
});

test("fails when the checkpoint is of another log that has the same key", () => {
  expect(() => verifiedCheckpoint(signed(TEXT.replace("audit", "other")), key)).toThrow(
    'the checkpoint must be of log.example/audit, got "log.example/other"',
  );
});

test("fails when a checkpoint was changed", () => {
  const changed = Buffer.from(signed(TEXT).toString().replace("70000", "69999"));
  expect(() => verifiedCheckpoint(changed, key)).toThrow("is not of this note");
});
