import { createHash } from "node:crypto";
import { userDigest } from "../../../runtime/store/user-digest";

const digestOf = (issuer: string, subject: string): string =>
  createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("base64url");

test("a user's digest is that of issuer and subject, each time, with other users in between", () => {
  const subjects = Array.from({ length: 3_000 }, (_, index) => `user-${index % 1_500}`);
  for (const subject of [...subjects, ...subjects.reverse()]) {
    expect(userDigest({ issuer: "https://a.example", subject })).toBe(digestOf("https://a.example", subject));
  }
});

test("users whose parts are put together alike have different digests", () => {
  const digests = [
    userDigest({ issuer: "a", subject: "b" }),
    userDigest({ issuer: "ab", subject: "" }),
    userDigest({ issuer: 'a","', subject: "b" }),
    userDigest({ issuer: "a", subject: '","b' }),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});
