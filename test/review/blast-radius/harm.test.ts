import type { ReachedThing } from "../../../review/blast-radius/blast-radius";
import { harmOf } from "../../../review/blast-radius/walk/harm";

function harm(does: string): number {
  const reached: ReachedThing = {
    kind: "aws",
    target: "arn:aws:kms:eu-central-1:111122223333:key/1",
    does,
    by: "courier",
    as: "task deliver",
    hop: 0,
    route: [],
    gate: "none",
    bounds: [],
    isHigh: false,
    isOutward: false,
    writes: false,
    lasting: { seconds: 900, because: "the session ends" },
    source: { address: "aws_iam_role.courier" },
  };
  return harmOf(reached);
}

const UNKNOWN = harm("s3:GetObject");

test.each([
  "kms:Decrypt",
  "KMS:decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptTo",
  "kms:Sign",
])("%s does little harm by itself: what the key opens counts", (action) => expect(harm(action)).toBeLessThan(UNKNOWN));

test.each([
  ["gives the key to others", "kms:CreateGrant"],
  ["says who has the key", "kms:PutKeyPolicy"],
  ["destroys what the key encrypts", "kms:ScheduleKeyDeletion"],
  ["has each of them", "kms:*"],
  ["has some of them", "kms:De*"],
  ["leaves one out", "everything but kms:Decrypt"],
])("fails to count as little harm what %s", (_, action) => expect(harm(action)).toBe(UNKNOWN));
