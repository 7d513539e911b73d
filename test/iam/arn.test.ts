import { arnParts } from "../../iam/arn";

test.each([
  ["arn:aws:s3:::acme", ["aws", "s3", "", "", "acme"]],
  ["arn:aws-cn:iam::111122223333:role/a/b:c", ["aws-cn", "iam", "", "111122223333", "role/a/b:c"]],
  [
    'arn:${data.x["a:b"].partition}:sns:eu-central-1:${var.account}:on-call',
    ['${data.x["a:b"].partition}', "sns", "eu-central-1", "${var.account}", "on-call"],
  ],
])("the parts of %s", (arn, parts) => {
  const { partition, service, region, account, resource } = arnParts(arn) as NonNullable<ReturnType<typeof arnParts>>;
  expect([partition, service, region, account, resource]).toEqual(parts);
});

test.each(["", "arn", "arn:aws:s3::acme", "arn:aws:s3:::", " arn:aws:s3:::acme", "arn:aws:iam::${var.account:role/x"])(
  "%j has no parts",
  (text) => expect(arnParts(text)).toBeUndefined(),
);
