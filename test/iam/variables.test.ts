import fc from "fast-check";
import { escapeForTerraform, principalTag, replaceVariables, unescapeTerraform, variablesIn } from "../../iam";
import { templateText } from "./arbitrary";
import { depth } from "../support/depth";

test("names a tag of the caller, with a value in its absence where given", () => {
  expect(principalTag("ambit-user")).toBe("${aws:PrincipalTag/ambit-user}");
  expect(principalTag("ambit-user", "none")).toBe("${aws:PrincipalTag/ambit-user, 'none'}");
});

test.each(["", "a b", "a,b", "a}", "a'", "${aws:userid}", "a*", "aws:x", "AWS:x", "ü", "x".repeat(129)])(
  "fails when the tag key is %j",
  (key) => expect(() => principalTag(key)).toThrow("tag key must be 1 to 128 letters"),
);

test.each(["", "a'b", "*", "a}"])("fails when the value in absence is %j", (fallback) => {
  expect(() => principalTag("ambit-user", fallback)).toThrow("fallback of ambit-user must be");
});

test.each([
  ["${aws:PrincipalTag/x}", "$${aws:PrincipalTag/x}"],
  ["${aws:PrincipalTag/x, 'default'}", "$${aws:PrincipalTag/x, 'default'}"],
  ["${AWS:username}", "$${AWS:username}"],
  ["${s3:prefix}", "$${s3:prefix}"],
  ["${dynamodb:LeadingKeys}", "$${dynamodb:LeadingKeys}"],
  ["${saml:sub}", "$${saml:sub}"],
  ["${cognito-identity.amazonaws.com:sub}", "$${cognito-identity.amazonaws.com:sub}"],
  ["${sts:RoleSessionName}", "$${sts:RoleSessionName}"],
  ["${*}${?}${$}", "$${*}$${?}$${$}"],
  ["%{if}", "%%{if}"],
])("escapes %s for Terraform", (text, escaped) => {
  expect(escapeForTerraform(text)).toBe(escaped);
  expect(unescapeTerraform(escaped)).toBe(text);
});

test.each([
  "${TfToken[TOKEN.12]}",
  "${aws_vpc_endpoint.x.id}",
  "${data.aws_caller_identity.me.account_id}",
  "${s3.x}",
  "${provider::aws::arn_parse(x)}",
  "${aws::f()}",
  "$ {aws:x}",
  "100%",
])("leaves %s to Terraform", (text) => {
  expect(escapeForTerraform(text)).toBe(text);
  expect(variablesIn(text)).toEqual([]);
});

test("takes dots in a key prefix literally", () => {
  expect(variablesIn("${wwwxamazonxcom:user_id}")).toEqual([]);
});

test("unescaping undoes escaping, for any text", () => {
  fc.assert(
    fc.property(templateText, (text) => expect(unescapeTerraform(escapeForTerraform(text))).toBe(text)),
    { numRuns: depth(2000) },
  );
});

test("escaping leaves every Terraform reference where it is", () => {
  const references = (text: string): readonly string[] => text.match(/\$\{(?:aws_vpc\.x\.id|TfToken\[T\.1\])\}/g) ?? [];
  fc.assert(
    fc.property(templateText, (text) => expect(references(escapeForTerraform(text))).toEqual(references(text))),
  );
});

test("finds and replaces the variables of a text", () => {
  const text = "a/${aws:userid}/${aws_vpc.x.id}/${s3:prefix}";
  expect(variablesIn(text)).toEqual(["${aws:userid}", "${s3:prefix}"]);
  expect(replaceVariables(text, "$&")).toBe("a/$&/${aws_vpc.x.id}/$&");
});
