import {
  Alarm,
  Bucket,
  BucketObject,
  Certificate,
  CertificateAuthority,
  Key,
  Role,
  Table,
  Topic,
  TrustAnchor,
} from "../../../constructs/aws";
import * as cases from "../../cases/arns.json";
import { refusal, TOKEN, untyped } from "../../support/domain";

/** By kind, the ARN that is read back from what was made of it */
const KINDS: Readonly<Record<keyof typeof cases, (arn: string) => string>> = {
  alarm: (arn) => Alarm.fromAlarmArn(arn).alarmArn,
  bucket: (arn) => Bucket.fromBucketArn(arn).bucketArn,
  certificate: (arn) => Certificate.fromCertificateArn(arn).certificateArn,
  "certificate authority": (arn) => CertificateAuthority.fromCertificateAuthorityArn(arn).certificateAuthorityArn,
  key: (arn) => Key.fromKeyArn(arn).keyArn,
  object: (arn) => BucketObject.fromObjectArn(arn).objectArn,
  role: (arn) => Role.fromRoleArn(arn).roleArn,
  table: (arn) => Table.fromTableArn(arn).tableArn,
  topic: (arn) => Topic.fromTopicArn(arn).topicArn,
  "trust anchor": (arn) => TrustAnchor.fromTrustAnchorArn(arn).trustAnchorArn,
};
const NAMES = Object.keys(KINDS) as (keyof typeof cases)[];
const NEVER: readonly unknown[] = ["", " ", "arn", "arn:aws", "${", undefined, null, 7, {}, []];

describe.each(NAMES)("a %s", (name) => {
  const made = KINDS[name];
  const { accepted, refused } = cases[name];
  const others = NAMES.filter((other) => other !== name).map((other) => cases[other].accepted[0] as string);

  test.each([...accepted, TOKEN])("is made of %s", (arn) => expect(made(arn)).toBe(arn));

  test.each([...refused, ...others, ...NEVER])("fails for %j", (arn) => {
    expect(refusal(() => made(untyped(arn)))).toEqual({
      code: "arn.malformed",
      message: expect.stringMatching(
        new RegExp(`^${name}: \\w+Arn must be the ARN of .*, got .*: write one such as "`),
      ),
    });
  });

  test("is made of the ARN that refusals propose", () => {
    const { message } = refusal(() => made(""));
    const proposed = /such as "([^"]+)"$/.exec(message)?.[1] as string;
    expect(made(proposed)).toBe(proposed);
  });
});
